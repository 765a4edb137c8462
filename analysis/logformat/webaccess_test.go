package logformat

import (
	"testing"
	"time"
)

// FuzzCLFStamp holds that a stamp with every part in its place is read as one of any length is.
func FuzzCLFStamp(f *testing.F) {
	for _, s := range []string{
		"26/Dec/2016:16:16:28 +0200] x", "01/Jan/1970:00:00:00 -0000] ", "31/Feb/2016:16:16:28 +0200]", "29/Feb/2016:23:59:60 -1459]", "26/Dec/2016:16:16:28 +02000]",
		"26/dec/2016:16:16:28 +0200]", "26/Dec/2016:16:16:28 +1460]", "00/Dec/2016:16:16:28 +0200]", "26/Dec/9999:16:16:28 +0200]", "26/Dec/0000:24:16:28 +0200]", "2x/Dec/2016:16:16:28 +0200]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain, long := Cursor{text: text}, Cursor{text: text}
		got, ok := plain.plainCLFStamp(NewClock(time.UTC, 2000))
		if !ok {
			if plain.pos != 0 {
				t.Fatalf("%q: the cursor moved to %d", text, plain.pos)
			}
			return
		}
		if want, ok := long.anyCLFStamp(NewClock(time.UTC, 2000)); !ok || !got.Equal(want) || plain.pos != long.pos {
			t.Errorf("%q: %v up to %d, want %v %v up to %d", text, got, plain.pos, want, ok, long.pos)
		}
	})
}
