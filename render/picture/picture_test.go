package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sample(t testing.TB, kind string) []byte {
	t.Helper()
	pixels := image.NewNRGBA(image.Rect(0, 0, 4, 3))
	pixels.Set(1, 1, color.NRGBA{200, 0, 0, 128})
	var b bytes.Buffer
	var err error
	switch kind {
	case "png":
		err = png.Encode(&b, pixels)
	case "jpeg":
		err = jpeg.Encode(&b, pixels, nil)
	case "gif":
		err = gif.Encode(&b, pixels, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecode(t *testing.T) {
	for kind, want := range map[string]string{"png": "png", "jpeg": "jpeg", "gif": "png"} {
		p, err := Decode(sample(t, kind))
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if p.Type != want || p.Width != 4 || p.Height != 3 {
			t.Errorf("%s: %s %d × %d", kind, p.Type, p.Width, p.Height)
		}
		again, err := Decode(sample(t, kind))
		if err != nil || again.ID() != p.ID() {
			t.Errorf("%s: the same file gives another picture", kind)
		}
	}
	// Text that a file carries beside its pixels does not get through.
	text := chunk("tEXt", "Comment\x00the analyst's home")
	raw := sample(t, "png")
	raw = append(append(append([]byte(nil), raw[:33]...), text...), raw[33:]...)
	if p, err := Decode(raw); err != nil || bytes.Contains(p.Data, []byte("home")) {
		t.Errorf("%v, or the comment is still there", err)
	}
}

// chunk is a part of a PNG file (PNG specification, 5.3).
func chunk(kind, data string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, kind+data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(kind+data)))
}

func TestRefused(t *testing.T) {
	huge := sample(t, "png")
	binary.BigEndian.PutUint32(huge[16:], 1<<20)
	binary.BigEndian.PutUint32(huge[20:], 1<<20)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for what, c := range map[string]struct {
		data []byte
		says string
	}{
		"text":              {[]byte("<svg onload=alert(1)>"), "is no PNG"},
		"nothing":           {nil, "is no PNG"},
		"a bomb":            {huge, "million are shown"},
		"half":              {sample(t, "png")[:40], "damaged"},
		"more than allowed": {make([]byte, MaxBytes+1), "larger than 8 MB"},
	} {
		if _, err := Decode(c.data); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", what, err, c.says)
		}
	}
}

// TestFolder holds that nothing outside the folder is read, whatever an address says.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	report := filepath.Join(dir, "report")
	if err := os.MkdirAll(filepath.Join(report, "a b"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"secret.png", "report/in.png", "report/a b/c.png"} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), sample(t, "png"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"out.png": "../secret.png", "abs.png": filepath.Join(dir, "secret.png"), "up": ".."} {
		if err := os.Symlink(to, filepath.Join(report, link)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(report)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	load := Folder(root.FS())
	for _, address := range []string{"in.png", "./in.png", "a%20b/c.png", "a b/../in.png"} {
		if _, err := load(address); err != nil {
			t.Errorf("%s %v", address, err)
		}
	}
	for _, address := range []string{
		"../secret.png", "..%2fsecret.png", "%2e%2e/secret.png", "out.png", "abs.png", "up/secret.png", filepath.Join(dir, "secret.png"), "file://" + filepath.Join(dir, "secret.png"),
		"//evil.example/a.png", "http://evil.example/a.png", `\\evil.example\a.png`, `..\secret.png`, "data:image/png;base64,AAAA", "C:/a.png", "", ".", "a b", "in.png?x", "in.png#x", "none.png", "in.png\x00", "/dev/zero",
	} {
		if _, err := load(address); err == nil {
			t.Errorf("%q was read", address)
		}
	}
}
