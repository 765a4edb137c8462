package logformat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// A capture of packets, as tcpdump -w, dumpcap and snoop write it, becomes the text that tcpdump -tttt -nn
// would print of it, a packet a line; the log format tcpdump reads that. The stamps are UTC, which a Z
// behind them says.

// captureMagic are the first bytes of captures: pcap with microseconds and nanoseconds in both byte orders,
// pcapng (draft-ietf-opsawg-pcapng), and snoop (RFC 1761).
var captureMagic = [...]string{"\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x0a\x0d\x0d\x0a", "snoop\x00\x00\x00"}

func isCapture(head []byte) bool {
	for _, magic := range captureMagic {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// capture prints packets as they are read.
type capture struct {
	read func() ([]byte, gopacket.CaptureInfo, layers.LinkType, error)
	n    int // packets read
	line bytes.Buffer
	err  error
}

func fromCapture(r io.Reader) (io.Reader, error) {
	head := make([]byte, 8)
	n, err := io.ReadFull(r, head)
	if err != nil {
		return nil, notCapture(err)
	}
	r = io.MultiReader(bytes.NewReader(head[:n]), r)
	c := &capture{}
	switch head[0] {
	case '\n':
		var ng *pcapgo.NgReader
		if ng, err = pcapgo.NewNgReader(r, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true}); err != nil {
			return nil, notCapture(err)
		}
		c.read = func() ([]byte, gopacket.CaptureInfo, layers.LinkType, error) {
			data, info, err := ng.ZeroCopyReadPacketData()
			link := layers.LinkType(0)
			if err == nil {
				link, _ = info.AncillaryData[0].(layers.LinkType)
			}
			return data, info, link, err
		}
	case 's':
		snoop, err := pcapgo.NewSnoopReader(r)
		if err != nil {
			return nil, notCapture(err)
		}
		link, err := snoop.LinkType()
		if err != nil {
			return nil, notCapture(err)
		}
		c.read = func() ([]byte, gopacket.CaptureInfo, layers.LinkType, error) {
			data, info, err := snoop.ZeroCopyReadPacketData()
			return data, info, *link, err
		}
	default:
		old, err := pcapgo.NewReader(r)
		if err != nil {
			return nil, notCapture(err)
		}
		c.read = func() ([]byte, gopacket.CaptureInfo, layers.LinkType, error) {
			data, info, err := old.ZeroCopyReadPacketData()
			return data, info, old.LinkType(), err
		}
	}
	return c, nil
}

func notCapture(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the capture of packets ends within its header")
	}
	return fmt.Errorf("the header of a capture of packets cannot be read (%w)", err)
}

func (c *capture) Read(p []byte) (int, error) {
	for c.line.Len() == 0 {
		if c.err != nil {
			return 0, c.err
		}
		data, info, link, err := c.read()
		switch {
		case err == nil:
			c.n++
			printPacket(&c.line, data, info, link)
		case errors.Is(err, io.EOF) && info.CaptureLength == 0:
			c.err = io.EOF
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			c.err = io.EOF
			fmt.Fprintf(&c.line, "%sit ends within what follows packet %d\n", truncatedCapture, c.n)
		default:
			// An error of the disk or of a damaged compression comes again when the rest is read.
			c.err = io.EOF
			fmt.Fprintf(&c.line, "%swhat follows packet %d cannot be read: %s\n", truncatedCapture, c.n, oneLine(err.Error()))
		}
	}
	return c.line.Read(p)
}

// truncatedCapture begins the line that stands for what could not be read of a capture.
const truncatedCapture = "tcpdump: truncated dump file: "

// linkLayers are the link types that gopacket has no decoder for and that are IP without more.
var linkLayers = map[layers.LinkType]gopacket.Decoder{
	12: layers.LinkTypeRaw, 14: layers.LinkTypeRaw, 228: layers.LayerTypeIPv4, 229: layers.LayerTypeIPv6,
}

// printPacket prints one packet, up to its transport: nothing of what it carries.
func printPacket(w *bytes.Buffer, data []byte, info gopacket.CaptureInfo, link layers.LinkType) {
	stamp := "2006-01-02 15:04:05.000000Z "
	if info.Timestamp.Nanosecond()%1000 != 0 {
		stamp = "2006-01-02 15:04:05.000000000Z "
	}
	w.Write(info.Timestamp.UTC().AppendFormat(w.AvailableBuffer(), stamp))
	decoder := linkLayers[link]
	if decoder == nil {
		decoder = link
	}
	// Lazily, so that nothing behind the transport is decoded.
	packet := gopacket.NewPacket(data, decoder, gopacket.DecodeOptions{Lazy: true, NoCopy: true})
	network := packet.NetworkLayer()
	if network == nil {
		printLink(w, packet, info, link)
		w.WriteByte('\n')
		return
	}
	src, dst, proto, fragment := network4or6(packet, network)
	version := "IP"
	if src.Is6() {
		version = "IP6"
	}
	ends := func(src, dst any) { fmt.Fprintf(w, "%s %v > %v: ", version, src, dst) }
	dotted := func(ip netip.Addr, port uint16) string { return fmt.Sprintf("%s.%d", ip, port) }
	if fragment > 0 {
		ends(src, dst)
		fmt.Fprintf(w, "fragment of %s at %d, length %d\n", strings.ToLower(proto), fragment, info.Length)
		return
	}
	layer := transport(packet, proto)
	cut := layer != nil && len(layer.LayerContents()) == 0
	if cut {
		layer = nil // what there is of it was decoded, and the rest is zero
	}
	switch t := layer.(type) {
	case *layers.TCP:
		ends(dotted(src, uint16(t.SrcPort)), dotted(dst, uint16(t.DstPort)))
		fmt.Fprintf(w, "Flags [%s], seq %d", tcpFlags(t), t.Seq)
		if t.ACK {
			fmt.Fprintf(w, ", ack %d", t.Ack)
		}
		fmt.Fprintf(w, ", win %d, length %d", t.Window, len(t.Payload))
	case *layers.UDP:
		ends(dotted(src, uint16(t.SrcPort)), dotted(dst, uint16(t.DstPort)))
		fmt.Fprintf(w, "UDP, length %d", max(int(t.Length)-8, 0))
	case *layers.SCTP:
		ends(dotted(src, uint16(t.SrcPort)), dotted(dst, uint16(t.DstPort)))
		w.WriteString("sctp")
	case *layers.ICMPv4:
		ends(src, dst)
		switch t.TypeCode.Type() {
		case layers.ICMPv4TypeEchoRequest:
			fmt.Fprintf(w, "ICMP echo request, id %d, seq %d", t.Id, t.Seq)
		case layers.ICMPv4TypeEchoReply:
			fmt.Fprintf(w, "ICMP echo reply, id %d, seq %d", t.Id, t.Seq)
		default:
			fmt.Fprintf(w, "ICMP type %d code %d", t.TypeCode.Type(), t.TypeCode.Code())
		}
		fmt.Fprintf(w, ", length %d", len(t.Contents)+len(t.Payload))
	case *layers.ICMPv6:
		ends(src, dst)
		switch t.TypeCode.Type() {
		case layers.ICMPv6TypeEchoRequest:
			w.WriteString("ICMP6, echo request")
		case layers.ICMPv6TypeEchoReply:
			w.WriteString("ICMP6, echo reply")
		default:
			fmt.Fprintf(w, "ICMP6, type %d code %d", t.TypeCode.Type(), t.TypeCode.Code())
		}
		fmt.Fprintf(w, ", length %d", len(t.Contents)+len(t.Payload))
	default:
		ends(src, dst)
		if cut || packet.ErrorLayer() != nil {
			fmt.Fprintf(w, "[|%s]", strings.ToLower(proto)) // by the capture's snap length, or malformed
		} else {
			fmt.Fprintf(w, "%s, length %d", proto, info.Length)
		}
	}
	w.WriteByte('\n')
}

// network4or6 reads what the network layer says; fragment is the place of a fragment that is not the first.
func network4or6(packet gopacket.Packet, network gopacket.NetworkLayer) (src, dst netip.Addr, proto string, fragment int) {
	switch ip := network.(type) {
	case *layers.IPv4:
		src, _ = netip.AddrFromSlice(ip.SrcIP.To4())
		dst, _ = netip.AddrFromSlice(ip.DstIP.To4())
		return src, dst, ip.Protocol.String(), int(ip.FragOffset) * 8
	case *layers.IPv6:
		src, _ = netip.AddrFromSlice(ip.SrcIP)
		dst, _ = netip.AddrFromSlice(ip.DstIP)
		proto = ip.NextHeader.String()
		if f, ok := packet.Layer(layers.LayerTypeIPv6Fragment).(*layers.IPv6Fragment); ok {
			proto, fragment = f.NextHeader.String(), int(f.FragmentOffset)*8
		}
	}
	return src, dst, proto, fragment
}

// transport is the layer above the network's; what an ICMP error quotes and a tunnel carries is not looked
// at.
func transport(packet gopacket.Packet, proto string) gopacket.Layer {
	switch proto {
	case "IPv4", "IPv6", "GRE":
		return nil
	}
	if t := packet.TransportLayer(); t != nil {
		return t
	}
	if icmp := packet.Layer(layers.LayerTypeICMPv4); icmp != nil {
		return icmp
	}
	return packet.Layer(layers.LayerTypeICMPv6)
}

// tcpFlags prints flags as tcpdump does.
func tcpFlags(t *layers.TCP) string {
	flags := ""
	for _, f := range [...]struct {
		set    bool
		letter string
	}{{t.FIN, "F"}, {t.SYN, "S"}, {t.RST, "R"}, {t.PSH, "P"}, {t.ACK, "."}, {t.URG, "U"}, {t.ECE, "E"}, {t.CWR, "W"}} {
		if f.set {
			flags += f.letter
		}
	}
	if flags == "" {
		return "none"
	}
	return flags
}

// printLink prints a frame that carries no IP.
func printLink(w *bytes.Buffer, packet gopacket.Packet, info gopacket.CaptureInfo, link layers.LinkType) {
	if arp, ok := packet.Layer(layers.LayerTypeARP).(*layers.ARP); ok {
		src, _ := netip.AddrFromSlice(arp.SourceProtAddress)
		dst, _ := netip.AddrFromSlice(arp.DstProtAddress)
		if arp.Operation == layers.ARPRequest {
			fmt.Fprintf(w, "ARP, Request who-has %s tell %s, length %d", dst, src, info.Length)
		} else {
			fmt.Fprintf(w, "ARP, Reply %s, length %d", src, info.Length)
		}
		return
	}
	kind := ""
	for _, l := range packet.Layers() {
		if l.LayerType() != gopacket.LayerTypeDecodeFailure && l.LayerType() != gopacket.LayerTypePayload {
			kind = l.LayerType().String()
		}
	}
	if kind == "" {
		fmt.Fprintf(w, "link type %d, which is not decoded, length %d", link, info.Length)
		return
	}
	if packet.ErrorLayer() != nil {
		fmt.Fprintf(w, "undecoded frame behind %s, length %d", kind, info.Length)
		return
	}
	fmt.Fprintf(w, "frame without IP, %s, length %d", kind, info.Length)
}

// handshakes follows the three packets that open a TCP connection, SYN, SYN with ACK, ACK, by the two
// ends.
type handshakes map[[2]netip.AddrPort]bool // whether the SYN was answered

// maxHandshakes is how many are followed at a time; then the half-open ones are forgotten.
const maxHandshakes = 1 << 16

// see notes a packet and reports whether it completes a handshake.
func (h handshakes) see(p *packet) bool {
	src, dst := netip.AddrPortFrom(p.src.IP, p.src.Port), netip.AddrPortFrom(p.dst.IP, p.dst.Port)
	out, back := [2]netip.AddrPort{src, dst}, [2]netip.AddrPort{dst, src}
	switch {
	case p.proto != "tcp":
	case p.rst:
		delete(h, out)
		delete(h, back)
	case p.syn && p.ack:
		if _, asked := h[back]; asked {
			h[back] = true
		}
	case p.syn:
		if len(h) == maxHandshakes {
			clear(h)
		}
		h[out] = false
	case p.ack && h[out]:
		delete(h, out)
		return true
	}
	return false
}
