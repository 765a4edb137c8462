package pipeline

import (
	"slices"

	"practicum/analysis/logformat"
)

// sameAge gives inputs whose stamps without a year cover the same time to the second the earliest of
// their files' times: they are copies of one log, such as a file and its compressed twin, and a copy
// that was made later is of the same year.
func sameAge(inputs []logformat.Input, surveys []logformat.Survey) []logformat.Input {
	inputs = slices.Clone(inputs)
	type span struct{ first, last logformat.Stamp }
	oldest := map[span]int{}
	for i, s := range surveys {
		if !s.Yearless || inputs[i].ModTime.IsZero() {
			continue
		}
		key := span{s.First, s.Last}
		if j, seen := oldest[key]; !seen || inputs[i].ModTime.Before(inputs[j].ModTime) {
			oldest[key] = i
		}
	}
	for i, s := range surveys {
		if j, ok := oldest[span{s.First, s.Last}]; ok && s.Yearless {
			inputs[i].ModTime = inputs[j].ModTime
		}
	}
	return inputs
}
