package harness

import (
	"context"
	"fmt"
	"slices"
	"time"
)

type timing struct {
	Replicas      int32   `json:"replicas"`
	Decisions     int     `json:"decisions"`
	Actions       int     `json:"actions"`
	FastestMicros float64 `json:"fastestMicros"`
	MedianMicros  float64 `json:"medianMicros"`
}

// benchLine repeats the decision on one decoded world with one controller, as a running controller does.
func benchLine(line []byte, wiring Wiring, gates *gates, replicas, times int) any {
	id, w, err := readWorld(line, gates)
	if err != nil {
		return crash{id, err.Error()}
	}
	if observed := w.Set.Spec.Replicas; observed == nil || int(*observed) != replicas {
		return crash{id, fmt.Sprintf("the set has not %d replicas", replicas)}
	}
	ssc := newController(w, wiring)
	durations := make([]time.Duration, max(times, 1))
	for i := range durations {
		w.Record.clear()
		start := time.Now()
		err := syncSet(ssc, context.Background(), w.key())
		durations[i] = time.Since(start)
		if err != nil {
			return crash{id, err.Error()}
		}
	}
	slices.Sort(durations)
	return timing{
		Replicas: *w.Set.Spec.Replicas, Decisions: len(durations), Actions: len(w.Record.actions),
		FastestMicros: micros(durations[0]), MedianMicros: micros(durations[len(durations)/2]),
	}
}

func micros(duration time.Duration) float64 { return float64(duration.Nanoseconds()) / 1000 }
