// A sample adapter: two decoders in plain Go behind the contract of docs/ADAPTER.md.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

type request struct {
	Do, Codec, Bytes, Payload string
	Decoder                   int
	MaxFrame                  *int
}

type object = map[string]any

// decoder keeps what is no whole frame yet. header tells how long the header in front of a payload
// is, and how long the payload; a header of 0 bytes is not complete.
type decoder struct {
	header        func(kept []byte) (header int, payload uint64)
	limit, offset uint64
	kept          []byte
}

var headers = map[string]func([]byte) (int, uint64){
	"u16be": func(kept []byte) (int, uint64) {
		if len(kept) < 2 {
			return 0, 0
		}
		return 2, uint64(binary.BigEndian.Uint16(kept))
	},
	"u32be": func(kept []byte) (int, uint64) {
		if len(kept) < 4 {
			return 0, 0
		}
		return 4, uint64(binary.BigEndian.Uint32(kept))
	},
}

func (d *decoder) push(chunk []byte) object {
	d.kept = append(d.kept, chunk...)
	frames := []string{}
	for {
		header, payload := d.header(d.kept)
		if header > 0 && payload > d.limit {
			return object{"frames": frames, "error": object{"code": "FRAME_TOO_LARGE", "offset": d.offset}}
		}
		end := uint64(header) + payload
		if header == 0 || uint64(len(d.kept)) < end {
			return object{"frames": frames}
		}
		frames = append(frames, hex.EncodeToString(d.kept[header:end]))
		d.kept, d.offset = d.kept[end:], d.offset+end
	}
}

func (d *decoder) end() object {
	if len(d.kept) == 0 {
		return object{"frames": []string{}}
	}
	return object{"frames": []string{}, "error": object{"code": "TRUNCATED_FRAME", "offset": d.offset}}
}

var decoders = map[int]*decoder{}

func answer(ask request) object {
	header, known := headers[ask.Codec]
	switch {
	case ask.Do == "hello":
		return object{"version": 1, "name": "go", "codecs": []string{"u16be", "u32be"}, "features": []string{"end", "limit"}}
	case ask.Do == "open" && known:
		limit := 1 << 20
		if ask.MaxFrame != nil {
			limit = *ask.MaxFrame
		}
		decoders[ask.Decoder] = &decoder{header: header, limit: uint64(limit)}
		return object{}
	case ask.Do == "push":
		bytes, _ := hex.DecodeString(ask.Bytes)
		return decoders[ask.Decoder].push(bytes)
	case ask.Do == "end":
		return decoders[ask.Decoder].end()
	case ask.Do == "close":
		delete(decoders, ask.Decoder)
		return object{}
	}
	return object{"unsupported": ask.Do + " " + ask.Codec}
}

func main() {
	input := bufio.NewReader(os.Stdin)
	for {
		var length uint32
		if binary.Read(input, binary.BigEndian, &length) != nil {
			return
		}
		message := make([]byte, length)
		var ask request
		if _, err := io.ReadFull(input, message); err != nil || json.Unmarshal(message, &ask) != nil {
			fmt.Fprintln(os.Stderr, "not a request:", string(message))
			os.Exit(1)
		}
		body, _ := json.Marshal(answer(ask))
		header := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
		os.Stdout.Write(append(header, body...))
	}
}
