// Package picture reads the pictures that a report shows: PNG, JPEG and GIF files, from the report's own folder and from nowhere
// else.
//
// A picture is decoded once, checked against limits before that, and kept in the form in which HTML and PDF embed it: what a
// file holds beside its pixels (places, cameras, thumbnails, comments) goes no further than here.
package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // decoders
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"
)

const (
	// MaxBytes is how large a file may be.
	MaxBytes = 8 << 20
	// MaxPixels is how many pixels it may have: a scanned page at 600 dots an inch.
	MaxPixels = 36_000_000
)

// Picture is a picture ready to embed.
type Picture struct {
	Type          string // "png" or "jpeg"
	Data          []byte
	Width, Height int // in pixels
}

// Decode reads a file. An error says what is wrong with it.
func Decode(file []byte) (*Picture, error) {
	if len(file) > MaxBytes {
		return nil, fmt.Errorf("is larger than %d MB", MaxBytes>>20)
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, errors.New("is no PNG, JPEG or GIF picture")
	}
	if config.Width < 1 || config.Height < 1 || config.Width > MaxPixels/config.Height {
		return nil, fmt.Errorf("has %d × %d pixels; at most %d million are shown", config.Width, config.Height, MaxPixels/1_000_000)
	}
	pixels, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("is a damaged picture: %v", err)
	}
	// Transparent parts stand on paper, which is white.
	flat := image.NewRGBA(image.Rect(0, 0, config.Width, config.Height))
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), pixels, pixels.Bounds().Min, draw.Over)
	p := &Picture{Type: "png", Width: config.Width, Height: config.Height}
	var b bytes.Buffer
	if kind == "jpeg" {
		p.Type = "jpeg"
		err = jpeg.Encode(&b, flat, &jpeg.Options{Quality: 92})
	} else {
		err = png.Encode(&b, flat)
	}
	p.Data = b.Bytes()
	return p, err
}

// ID names the picture by its content.
func (p *Picture) ID() string {
	sum := sha256.Sum256(p.Data)
	return hex.EncodeToString(sum[:8])
}

// URL is the picture as an address that holds it.
func (p *Picture) URL() string {
	return "data:image/" + p.Type + ";base64," + base64.StdEncoding.EncodeToString(p.Data)
}

// Folder reads the pictures of a report that lies in the folder. An address is a path below it; folder must not lead out of
// itself, also not by symbolic links, as those of os.Root do not.
func Folder(folder fs.FS) func(address string) (*Picture, error) {
	return func(address string) (*Picture, error) {
		name, err := local(address)
		if err != nil {
			return nil, err
		}
		f, err := folder.Open(name)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil, errors.New("there is no such file in the report's folder")
			}
			return nil, errors.New("cannot be read from the report's folder")
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return nil, errors.New("is no file")
		}
		data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
		if err != nil {
			return nil, errors.New("cannot be read")
		}
		return Decode(data)
	}
}

// local is the path that an address names, if it is one below the report.
func local(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(u.Path, "\\\x00:") {
		return "", errors.New("is not in the report's folder; pictures are read from there only")
	}
	name := path.Clean(u.Path)
	if !fs.ValidPath(name) || name == "." {
		return "", errors.New("is not in the report's folder; pictures are read from there only")
	}
	return name, nil
}
