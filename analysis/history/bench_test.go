package history

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkRemember keeps a month of so many sources and asks about the next one.
func BenchmarkRemember(b *testing.B) {
	for _, sources := range []int{100, 50_000} {
		b.Run(fmt.Sprintf("sources=%d", sources), func(b *testing.B) {
			records := map[string]int{}
			for i := range sources {
				records[fmt.Sprintf("198.18.%d.%d", i/250, i%250)] = i + 1
			}
			first, second := month("berlin", "2026-09", records, "web"), month("berlin", "2026-10", records, "web")
			first.Incidents, second.Incidents = first.Incidents[:50], second.Incidents[:50]
			for b.Loop() {
				s, err := Open(b.Context(), filepath.Join(b.TempDir(), "history.db"))
				if err != nil {
					b.Fatal(err)
				}
				if _, _, err := s.Remember(b.Context(), EntryOf(first, Words{}), 0); err != nil {
					b.Fatal(err)
				}
				if _, _, err := s.Past(b.Context(), EntryOf(second, Words{}), 24*time.Hour); err != nil {
					b.Fatal(err)
				}
				s.Close()
			}
		})
	}
}
