/**
 * A character that no name has and that no terminal or log line gets raw: C0 and C1 controls, DEL, and what is not seen by
 * itself, because it reorders text (Bidi_Control, UAX #9), has no width, or is ignored (Default_Ignorable_Code_Point, UAX #44).
 * Variation selectors are none of them: they are part of many emoji.
 */
export const UNPRINTABLE =
  /[[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]--[\ufe00-\ufe0f]]/v;
