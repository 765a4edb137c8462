package logformat

import (
	"encoding/xml"
	"os"
	"reflect"
	"regexp"
	"testing"
)

// FuzzXMLEvent holds that what is read quickly of an element Event is what encoding/xml reads.
func FuzzXMLEvent(f *testing.F) {
	for _, s := range []string{
		`<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P' Guid='{1}'/><EventID Qualifiers=''>4625</EventID><TimeCreated SystemTime="2015-12-14T10:18:10.1Z"/><Correlation/><Execution ProcessID='1'/><Channel>Security</Channel><Computer>c</Computer><Keywords>0x8010000000000000</Keywords></System><EventData><Data Name='A'>a &lt;&amp;&gt; &quot;b&quot; &apos;</Data><Data Name='B'></Data><Data Name="C"/><Data>x</Data><Binary>00</Binary></EventData></Event>`,
		`<Event><System><EventID>1</EventID></System></Event> `, `<Event></Event>`, `<Event/>`, `<Event ><System></System ></Event >`, `<Event a = 'b' ></Event>`, `<Event a='b'c='d'></Event>`,
		`<Event><System><EventID>1</EventID><EventID>2</EventID></System></Event>`, `<Event><System><EventID>1<x/>2</EventID></System></Event>`, `<Event><System/></Event>`,
		`<Event><EventID>1</EventID><System><x><EventID>2</EventID></x></System></Event>`, `<Event><!-- x --><System></System></Event>`, `<Event><System><Channel><![CDATA[a]]></Channel></System></Event>`,
		`<Event><System><Channel>]]></Channel></System></Event>`, `<Event><System><Channel>&#65;</Channel></System></Event>`, `<Event><System><Channel>&x;</Channel></System></Event>`, `<Event a='<'></Event>`,
		`<Event><System></Event></System>`, `<Event></Event><Event></Event>`, `<Event></Event>x`, `<Event><EventData></EventData><EventData><Data>a</Data></EventData></Event>`, `<Events><Event></Event></Events>`,
		"<Event><System><Channel>a\r\nb</Channel></System></Event>", "<Event><System><Channel>\x01</Channel></System></Event>", "<Event><System><Channel>\xff</Channel></System></Event>", "<Event><System><Channel>\uffff</Channel></System></Event>",
		`<Event><System><Channel>é</Channel></System></Event>`, `<Event><é></é></Event>`, `<Event><a:System><a:EventID>1</a:EventID></a:System></Event>`, `<Event><UserData><LogFileCleared><Channel>a</Channel></LogFileCleared></UserData></Event>`,
		`<Event><EventData><Data>&apos</Data></EventData></Event>`, `<Event><System><Provider Name='a' Name='b'/></System></Event>`, `<Event><System><Provider x:Name='a'/></System></Event>`, `<Event><System><EventID/></System><System></System></Event>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var quick, slow xmlEvent
		if !quick.quick(`<Event><System><EventID>9</EventID></System><EventData><Data Name="N">d</Data><Data>e</Data></EventData></Event>`) { // which was read before
			t.Fatal("the plainest element is not read quickly")
		}
		if !quick.quick(text) {
			return
		}
		if err := xml.Unmarshal([]byte(text), &slow); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if len(quick.EventData.Data) == 0 {
			quick.EventData.Data = nil // room that is kept
		}
		if !reflect.DeepEqual(quick, slow) {
			t.Errorf("%q: got %+v, want %+v", text, quick, slow)
		}
	})
}

// TestXMLEventIsQuick holds that Windows' own elements are read quickly, but for those with a schema of their own and for characters by number.
func TestXMLEventIsQuick(t *testing.T) {
	log, err := os.ReadFile("testdata/winevent.log")
	if err != nil {
		t.Fatal(err)
	}
	quick := 0
	for _, element := range regexp.MustCompile(`<Event .*?</Event>`).FindAll(log, -1) {
		if new(xmlEvent).quick(string(element)) {
			quick++
		} else if !regexp.MustCompile(`UserData|&#`).Match(element) {
			t.Errorf("%s: not read quickly", element)
		}
	}
	if quick == 0 {
		t.Error("there is no element that is read quickly")
	}
}
