import { THEME, WIRE_STYLE } from "../wire/timeline_style.ts";

/** How the page looks, in light, in dark, and on paper. */
export const PAGE_STYLE: string = `${THEME}${WIRE_STYLE}
*{box-sizing:border-box}
html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;background:var(--paper);color:var(--ink);
font:14px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif;font-variant-numeric:tabular-nums}
header{padding:14px 20px 8px;border-bottom:1px solid var(--line)}
h1{font-size:18px;margin:0}
h2{font-size:17px;margin:0 0 4px}
h3{font-size:13px;margin:12px 0 4px}
p{margin:4px 0}
.quiet,dt,figcaption{color:var(--muted)}
#runs{max-height:34vh;overflow:auto}
.card{margin:2px 0}
summary{cursor:pointer}
.card summary strong{margin:0 10px 0 6px}
.badge{display:inline-block;min-width:92px;text-align:center;padding:0 8px;border-radius:4px;font-weight:600;
font-size:12px;border:1px solid currentColor}
.badge.pass{color:var(--good)}
.badge.fail{color:var(--bad)}
.badge.inconclusive,.badge.interrupted{color:var(--tail-line)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 14px;margin:8px 0}
dd{margin:0;overflow-wrap:anywhere}
.about{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:4px 40px;align-items:start}
.bars{display:grid;gap:2px;padding:8px 0}
.bar{display:grid;grid-template-columns:minmax(0,1fr) 110px max-content;gap:12px;align-items:center}
.count{min-width:150px}
.track{height:8px;border-radius:4px;background:var(--bytes);border:1px solid var(--line);overflow:hidden}
.fill{display:block;height:100%;background:var(--tail-line)}
.fill.full{background:var(--good)}
pre{overflow:auto;max-height:160px;padding:8px;background:var(--bytes);border-radius:6px;margin:4px 0}
code,pre,.hex{font:12.5px/1.45 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
#bar{display:flex;flex-wrap:wrap;gap:8px;align-items:center;padding:8px 20px;border-bottom:1px solid var(--line)}
#chips,#tools{display:flex;flex-wrap:wrap;gap:6px;align-items:center}
#top{display:flex;flex-wrap:wrap;gap:4px 16px;justify-content:space-between;align-items:center;margin-bottom:8px}
#tools .quiet{margin-right:8px;font-size:12px}
button,input{font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:6px;
padding:3px 9px}
button{cursor:pointer}
button:hover{border-color:var(--muted)}
button[aria-pressed=true]{background:var(--header);border-color:var(--header-line)}
:focus-visible{outline:2px solid var(--header-line);outline-offset:1px}
main{flex:1;min-height:320px;display:grid;grid-template-columns:minmax(330px,var(--left,46%)) minmax(0,1fr)}
#grid{overflow:auto;position:relative;border-right:1px solid var(--line);outline-offset:-2px}
#columns{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid var(--line)}
#columns,.line{display:grid;grid-template-columns:58px minmax(150px,1fr) repeat(var(--runs),30px);padding:0 10px 0 20px}
.single #columns,.single .line{grid-template-columns:52px minmax(150px,1fr) 112px 84px 100px}
#columns{align-items:end;color:var(--muted);font-size:12px}
#columns .run span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:170px;overflow:hidden;
text-overflow:ellipsis;white-space:nowrap;padding:6px 0}
.single #columns .run span{writing-mode:horizontal-tb;transform:none;padding:4px 0}
#columns>span{padding:4px 0}
#columns .run{padding:0;display:flex;justify-content:center}
.single #columns .run{justify-content:flex-start}
#lines{position:relative}
.line{position:absolute;left:0;right:0;height:28px;align-items:center;border-bottom:1px solid
color-mix(in srgb,var(--line) 45%,transparent);cursor:pointer}
.line.heading{display:block;line-height:27px;font-weight:600;cursor:default;background:
color-mix(in srgb,var(--bytes) 55%,transparent)}
.line:not(.heading):hover,.line.active{background:var(--bytes)}
.line .title{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.line .id{color:var(--muted)}
.line .run{text-align:center}
.single .line .run{text-align:left;white-space:nowrap;font-size:12px}
.number{text-align:right;color:var(--muted);font-size:12px}
.run.here .mark{outline:2px solid var(--ink);outline-offset:1px}
.mark{display:inline-block;width:20px;height:20px;line-height:18px;border-radius:4px;text-align:center;
font-weight:700;font-size:12px;border:1px solid var(--bytes-line);background:var(--bytes)}
.mark.pass{background:var(--body);border-color:var(--body-line);color:var(--body-line)}
.mark.fail{background:var(--bad);border-color:var(--bad);color:var(--paper)}
.mark.nonstrict,.mark.inconclusive,.mark.known{background:var(--tail);border-color:var(--tail-line);color:var(--tail-line)}
.mark.info,.mark.unsupported{color:var(--muted);border-color:var(--line)}
#detail{overflow:auto;padding:14px 20px 30px;outline-offset:-2px}
.verdict .mark{margin-right:8px}
.said{font-weight:500}
figure{margin:12px 0}
figcaption{font-size:12px;margin-top:4px}
.scroll{overflow-x:auto;padding:4px 2px}
.wire{display:block;max-width:none}
.replay{display:flex;gap:10px;align-items:center;margin:10px 0;padding:6px 10px;background:var(--bytes);
border-radius:6px}
.replay code{flex:1;overflow-wrap:anywhere}
#detail details{margin:10px 0}
#detail summary{font-weight:600}
table{border-collapse:collapse;font-size:12.5px}
th,td{text-align:left;padding:2px 14px 2px 0;border-bottom:1px solid var(--line);vertical-align:top;
white-space:nowrap}
th{font-weight:600;color:var(--muted)}
td.time{text-align:right}
tr.came td:nth-child(2){color:var(--good)}
.hexes{border-bottom:2px solid var(--bytes-line);margin-right:3px}
.hexes.header{border-color:var(--header-line)}
.hexes.body,.hexes.frame{border-color:var(--body-line)}
.hexes.delimiter{border-color:var(--delimiter-line)}
.hexes.bad{border-color:var(--refuse-line)}
.hexes.tail{border-color:var(--tail-line)}
a{color:var(--header-line)}
@media (max-width:900px){html,body{height:auto}main{display:block}#grid{max-height:60vh;border-right:0}}
@media print{html,body{height:auto}body{display:block}#bar,button{display:none}main{display:block}
#runs{max-height:none}:focus-visible{outline:0}
#grid{overflow:visible;height:auto;max-height:none;border:0}#columns{position:static}
.line{position:static}#lines{height:auto!important}#detail{overflow:visible;break-before:page}
.scroll{overflow:visible}.wire{max-width:100%;height:auto}*{print-color-adjust:exact;
-webkit-print-color-adjust:exact}}
`;
