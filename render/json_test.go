package render

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzIndented holds that a text is indented as the library would do it.
func FuzzIndented(f *testing.F) {
	for _, s := range []string{
		`{"a":[],"b":{},"c":[[]],"d":{"e":"x: [1, \"2\\\\\"]{,}"},"f":[1,-2.5e3,true,null,{"g":[{"h":"\\"}]}]}`, `[]`, `"\\\""`, `7`,
		`[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var compact, want bytes.Buffer
		if json.Compact(&compact, []byte(s)) != nil {
			return
		}
		if err := json.Indent(&want, compact.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		if got := indented(compact.Bytes(), 0); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s: got\n%s\nwant\n%s", compact.Bytes(), got, want.Bytes())
		}
	})
}
