package logformat

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/klauspost/compress/gzip"
)

// aFrame builds a frame of layers.
func aFrame(t testing.TB, list ...gopacket.SerializableLayer) []byte {
	t.Helper()
	var network gopacket.NetworkLayer
	for _, l := range list {
		switch l := l.(type) {
		case *layers.IPv4:
			network = l
		case *layers.IPv6:
			network = l
		case *layers.TCP:
			_ = l.SetNetworkLayerForChecksum(network)
		case *layers.UDP:
			_ = l.SetNetworkLayerForChecksum(network)
		case *layers.ICMPv6:
			_ = l.SetNetworkLayerForChecksum(network)
		}
	}
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, list...); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(buf.Bytes())
}

var (
	stranger, server = net.IPv4(203, 0, 113, 7), net.IPv4(192, 0, 2, 1)
	ethernet         = layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv4}
)

func ipv4(src, dst net.IP, proto layers.IPProtocol) *layers.IPv4 {
	return &layers.IPv4{Version: 4, TTL: 64, SrcIP: src, DstIP: dst, Protocol: proto}
}

// someFrames is a talk with a telnet server, probes and frames that are none.
func someFrames(t testing.TB) [][]byte {
	v6 := &layers.IPv6{Version: 6, HopLimit: 64, SrcIP: net.ParseIP("2001:db8::7"), DstIP: net.ParseIP("2001:db8::1"), NextHeader: layers.IPProtocolTCP}
	eth6, vlan := ethernet, ethernet
	eth6.EthernetType, vlan.EthernetType = layers.EthernetTypeIPv6, layers.EthernetTypeDot1Q
	arp, lldp := ethernet, ethernet
	arp.EthernetType, lldp.EthernetType = layers.EthernetTypeARP, layers.EthernetTypeLinkLayerDiscovery
	ping6 := *v6
	ping6.NextHeader = layers.IPProtocolICMPv6
	fragment := ipv4(stranger, server, layers.IPProtocolUDP)
	fragment.FragOffset = 185
	in := func(l ...gopacket.SerializableLayer) []byte {
		return aFrame(t, append([]gopacket.SerializableLayer{&ethernet, ipv4(stranger, server, layers.IPProtocolTCP)}, l...)...)
	}
	return [][]byte{
		in(&layers.TCP{SrcPort: 40000, DstPort: 23, SYN: true, Seq: 100, Window: 5840}),
		aFrame(t, &ethernet, ipv4(server, stranger, layers.IPProtocolTCP), &layers.TCP{SrcPort: 23, DstPort: 40000, SYN: true, ACK: true, Seq: 7, Ack: 101}),
		in(&layers.TCP{SrcPort: 40000, DstPort: 23, ACK: true, Seq: 101, Ack: 8}),
		in(&layers.TCP{SrcPort: 40000, DstPort: 23, ACK: true, PSH: true, Seq: 101, Ack: 8}, gopacket.Payload("root\r\n")),
		in(&layers.TCP{SrcPort: 40001, DstPort: 12345, SYN: true}),
		aFrame(t, &ethernet, ipv4(server, stranger, layers.IPProtocolTCP), &layers.TCP{SrcPort: 12345, DstPort: 40001, RST: true, ACK: true}),
		in(&layers.TCP{SrcPort: 40002, DstPort: 111, FIN: true, PSH: true, URG: true}),
		in(&layers.TCP{SrcPort: 40003, DstPort: 111}),
		aFrame(t, &ethernet, ipv4(stranger, server, layers.IPProtocolUDP), &layers.UDP{SrcPort: 53001, DstPort: 161}, gopacket.Payload("public")),
		aFrame(t, &ethernet, ipv4(stranger, server, layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(8, 0), Id: 1, Seq: 2}),
		aFrame(t, &ethernet, ipv4(server, stranger, layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 1)}),
		aFrame(t, &ethernet, ipv4(net.IPv4(10, 0, 0, 5), stranger, layers.IPProtocolTCP), &layers.TCP{SrcPort: 50000, DstPort: 443, SYN: true}),
		aFrame(t, &vlan, &layers.Dot1Q{VLANIdentifier: 7, Type: layers.EthernetTypeIPv4}, ipv4(stranger, server, layers.IPProtocolTCP), &layers.TCP{SrcPort: 40004, DstPort: 22, SYN: true}),
		aFrame(t, &eth6, v6, &layers.TCP{SrcPort: 40005, DstPort: 80, SYN: true}),
		aFrame(t, &eth6, &ping6, &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(128, 0)}, gopacket.Payload("abcd")),
		aFrame(t, &ethernet, fragment, gopacket.Payload("rest of a datagram")),
		aFrame(t, &ethernet, ipv4(stranger, server, layers.IPProtocolIPv4), ipv4(stranger, server, layers.IPProtocolTCP), &layers.TCP{SrcPort: 1, DstPort: 2, SYN: true}),
		aFrame(t, &arp, &layers.ARP{AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: layers.ARPRequest,
			SourceHwAddress: ethernet.SrcMAC, SourceProtAddress: stranger.To4(), DstHwAddress: ethernet.DstMAC, DstProtAddress: server.To4()}),
		in(&layers.TCP{SrcPort: 40006, DstPort: 25, SYN: true})[:14+20+6], // cut by the snap length
		aFrame(t, &lldp, gopacket.Payload("\x02\x07\x04\x02\x00\x00\x00\x00\x01\x04\x02\x07a\x06\x02\x00\x78\x00\x00")),
		append(bytes.Clone(ethernet.DstMAC), append(bytes.Clone(ethernet.SrcMAC), 0x90, 0x00, 1, 2, 3, 4)...),
	}
}

func aPcap(t testing.TB, link layers.LinkType, nano bool, frames ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	if nano {
		w = pcapgo.NewWriterNanos(&b)
	}
	if err := w.WriteFileHeader(65535, link); err != nil {
		t.Fatal(err)
	}
	for i, f := range frames {
		at := time.Unix(1041387780, 757048000).Add(time.Duration(i) * 100 * time.Millisecond)
		if nano {
			at = at.Add(123)
		}
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(f), Length: len(f)}, f); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// TestCapture prints a capture and reads it, and compares both with goldens.
func TestCapture(t *testing.T) {
	capture := aPcap(t, layers.LinkTypeEthernet, false, someFrames(t)...)
	in := fromBytes("capture.pcap", capture)
	src, err := open(in)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	text, err := io.ReadAll(src.text)
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "testdata/capture.text.golden", string(text))
	compareGolden(t, "testdata/capture.golden", readText(t, in, Formats))
	// What it prints is what is read of the text by itself.
	if whole, printed := readText(t, in, Formats), readText(t, fromBytes("", text), Formats); whole != printed {
		t.Errorf("the printed text is read as\n%s", printed)
	}
}

// TestCaptureForms writes one packet in each form of file and of link, and expects the same event.
func TestCaptureForms(t *testing.T) {
	syn := &layers.TCP{SrcPort: 40000, DstPort: 23, SYN: true}
	ip := aFrame(t, ipv4(stranger, server, layers.IPProtocolTCP), syn)
	swap := func(b []byte) []byte { // little endian to big
		out := bytes.Clone(b)
		for _, at := range [][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 12}, {12, 16}, {16, 20}, {20, 24}, {24, 28}, {28, 32}, {32, 36}, {36, 40}} {
			part := out[at[0]:at[1]]
			for i, j := 0, len(part)-1; i < j; i, j = i+1, j-1 {
				part[i], part[j] = part[j], part[i]
			}
		}
		return out
	}
	plain := aPcap(t, layers.LinkTypeEthernet, false, aFrame(t, &ethernet, ipv4(stranger, server, layers.IPProtocolTCP), syn))
	nano := aPcap(t, layers.LinkTypeEthernet, true, aFrame(t, &ethernet, ipv4(stranger, server, layers.IPProtocolTCP), syn))
	var ng bytes.Buffer
	w, err := pcapgo.NewNgWriter(&ng, layers.LinkTypeRaw)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(1041387780, 757048000), CaptureLength: len(ip), Length: len(ip)}, ip); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	join := func(head string) []byte { return append([]byte(head), ip...) }
	for name, b := range map[string][]byte{
		"microseconds":             plain,
		"microseconds, big endian": swap(plain),
		"nanoseconds":              nano,
		"nanoseconds, big endian":  swap(nano),
		"pcapng":                   ng.Bytes(),
		"raw IP":                   aPcap(t, layers.LinkTypeRaw, false, ip),
		"raw IP of BSD":            aPcap(t, 12, false, ip),
		"raw IP of OpenBSD":        aPcap(t, 14, false, ip),
		"IPv4":                     aPcap(t, 228, false, ip),
		"Linux cooked":             aPcap(t, layers.LinkTypeLinuxSLL, false, join("\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00\x08\x00")),
		"Linux cooked, version 2":  aPcap(t, layers.LinkTypeLinuxSLL2, false, join("\x08\x00\x00\x00\x00\x00\x00\x02\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00")),
		"loopback of BSD":          aPcap(t, layers.LinkTypeNull, false, join("\x02\x00\x00\x00")),
		"loopback of a big endian": aPcap(t, layers.LinkTypeNull, false, join("\x00\x00\x00\x02")),
		"loopback of OpenBSD":      aPcap(t, layers.LinkTypeLoop, false, join("\x00\x00\x00\x02")),
		"two VLAN tags":            aPcap(t, layers.LinkTypeEthernet, false, join("\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x81\x00\x00\x07\x81\x00\x00\x08\x08\x00")),
		"PPP over Ethernet":        aPcap(t, layers.LinkTypeEthernet, false, join("\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x88\x64\x11\x00\x00\x01\x00\x2a\x00\x21")),
	} {
		got := readText(t, fromBytes(name, b), Formats)
		want := "1 tcpdump: 2003-01-01 02:23:00 info source=203.0.113.7/40000 target=192.0.2.1/23 proto=tcp tries=packet\n"
		if got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestCaptureCut cuts a capture at every byte: what is whole is read, what is not is said, and nothing
// else goes wrong.
func TestCaptureCut(t *testing.T) {
	frames := someFrames(t)[:3]
	whole := aPcap(t, layers.LinkTypeEthernet, false, frames...)
	want := strings.SplitAfter(readText(t, fromBytes("", whole), Formats), "\n")
	ends := map[int]int{24: 0} // where so many packets have ended
	at := 24
	for i, f := range frames {
		at += 16 + len(f)
		ends[at] = i + 1
	}
	n := 0
	for cut := 24; cut < len(whole); cut++ {
		lines := readText(t, fromBytes("", whole[:cut]), Formats)
		if k, ok := ends[cut]; ok {
			n = k
			if lines != strings.Join(want[:n], "") {
				t.Errorf("cut at %d, behind packet %d:\n%s", cut, n, lines)
			}
			continue
		}
		head, rest := strings.Join(want[:n], ""), ""
		if !strings.HasPrefix(lines, head) {
			t.Fatalf("cut at %d:\n%s", cut, lines)
		}
		if rest = lines[len(head):]; strings.Count(rest, "\n") != 1 || !strings.Contains(rest, "WARNING tcpdump: the capture is cut short or damaged") {
			t.Errorf("cut at %d: %s", cut, rest)
		}
	}
}

// TestCaptureRefused gives files that begin as captures do and are none.
func TestCaptureRefused(t *testing.T) {
	for text, want := range map[string]string{
		"\xd4\xc3\xb2\xa1": "refused: the capture of packets ends within its header",
		"\xd4\xc3\xb2\xa1\x09\x00\x04\x00aaaaaaaaaaaaaaaaaa":       "refused: the header of a capture of packets cannot be read",
		"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00neither endian nor other": "refused: the header of a capture of packets cannot be read",
		"snoop\x00\x00\x00": "refused: the capture of packets ends within its header",
	} {
		_, err := Read(context.Background(), fromBytes("refused", []byte(text)), 0, NewClock(nil, 2000), Formats, func(*Record) error { return nil })
		var bad *InputError
		if !errors.As(err, &bad) || !bad.Binary || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestCaptureDamagedBehind gives compressed captures of which not all is read because a packet cannot be, one of them with a compression
// that is damaged behind that. What undoes the compression is at work still when the last record has been read: the race detector and
// the checksum tell whether it was waited for.
func TestCaptureDamagedBehind(t *testing.T) {
	raw := aPcap(t, layers.LinkTypeEthernet, false, someFrames(t)[0])
	header := make([]byte, 16)
	for i := 8; i < 16; i++ {
		header[i] = 0x7f // of a packet that is longer than any
	}
	raw = append(raw, header...)
	noise := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{1}).Read(noise)
	raw = append(raw, noise...)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(raw)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	whole := packed.Bytes()
	sum := fmt.Sprintf("%x", sha256.Sum256(whole))
	for range 5 {
		in := fromBytes("capture.gz", whole)
		in.Open = func() (io.ReadCloser, error) { return io.NopCloser(&inPieces{bytes.NewReader(whole)}), nil }
		records := 0
		stats, err := Read(context.Background(), in, 0, NewClock(time.UTC, 2026), Formats, func(*Record) error { records++; return nil })
		if err != nil || stats.SHA256 != sum || stats.Bytes != int64(len(whole)) || records != 2 {
			t.Fatalf("%d records, %d bytes with the checksum %s, %v; want 2, %d and %s", records, stats.Bytes, stats.SHA256, err, len(whole), sum)
		}
	}
	for want, damaged := range map[string][]byte{
		"capture.gz: the gzip data ends too early": whole[:len(whole)/2],
		"capture.gz: the gzip data is damaged":     append(bytes.Clone(whole[:len(whole)-8]), 1, 2, 3, 4, 5, 6, 7, 8), // with the checksum of another text
	} {
		_, err := Read(context.Background(), fromBytes("capture.gz", damaged), 0, NewClock(time.UTC, 2026), Formats, func(*Record) error { return nil })
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// inPieces gives a little at a time, as a slow disk does.
type inPieces struct{ io.Reader }

func (r *inPieces) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 4<<10)]) }
