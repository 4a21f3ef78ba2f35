// Package harness runs upstream's StatefulSetController.sync on observed worlds, one JSON line each. A module per
// Kubernetes version supplies the requirements and the Wiring.
package harness

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/go-logr/logr"
	apps "k8s.io/api/apps/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

func init() {
	klog.SetLogger(logr.Discard())
	utilruntime.ErrorHandlers = nil // they log, and sleep a millisecond
}

// Main answers each line of standard input with a line on standard output, until the input ends.
func Main(wiring Wiring) {
	canonical := flag.Bool("canonical", false, "lines are StatefulSets: print them defaulted, with their revision")
	bench := flag.Int("bench", 0, "time the decision on worlds of a stable set of `N` replicas")
	times := flag.Int("times", 200, "how often --bench decides")
	flag.Parse()
	debug.SetGCPercent(400)

	gates := newGates()
	answer := func(line []byte) any { return decisionLine(line, wiring, gates) }
	if *canonical {
		answer = func(line []byte) any { return canonicalLine(line, wiring) }
	} else if *bench > 0 {
		answer = func(line []byte) any { return benchLine(line, wiring, gates, *bench, *times) }
	}
	if err := answerLines(os.Stdin, os.Stdout, answer); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Decide answers worlds, as Main does without flags.
func Decide(input io.Reader, output io.Writer, wiring Wiring) error {
	gates := newGates()
	return answerLines(input, output, func(line []byte) any { return decisionLine(line, wiring, gates) })
}

// answerLines flushes whenever no whole line is waiting, so that a parent can hold a conversation.
func answerLines(input io.Reader, output io.Writer, answer func([]byte) any) error {
	reader, writer := bufio.NewReaderSize(input, 1<<20), bufio.NewWriterSize(output, 1<<20)
	encoder := json.NewEncoder(writer)
	for {
		line, readErr := reader.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := encoder.Encode(answer(line)); err != nil {
				return err
			}
		}
		waiting, _ := reader.Peek(reader.Buffered())
		if readErr != nil || bytes.IndexByte(waiting, '\n') < 0 {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

type input struct {
	ID           json.RawMessage `json:"id"`
	Observation  Observation     `json:"observation"`
	FeatureGates map[string]bool `json:"featureGates"`
}

type decision struct {
	ID                  json.RawMessage         `json:"id"`
	Actions             []Action                `json:"actions"`
	Status              *apps.StatefulSetStatus `json:"status,omitempty"`
	StatusWritten       bool                    `json:"statusWritten"`
	RequeueAfterSeconds *float64                `json:"requeueAfterSeconds,omitempty"`
	Error               string                  `json:"error,omitempty"`
}

type crash struct {
	ID    json.RawMessage `json:"id"`
	Crash string          `json:"crash"`
}

func decisionLine(line []byte, wiring Wiring, gates *gates) any {
	id, w, err := readWorld(line, gates)
	if err != nil {
		return crash{id, err.Error()}
	}
	err, panicked := decide(w, wiring)
	if panicked != "" {
		return crash{id, panicked}
	}
	answer := decision{
		ID: id, Actions: w.Record.actions, Status: w.Record.status,
		StatusWritten: w.Record.statusWritten, RequeueAfterSeconds: w.Record.requeueAfter,
	}
	if answer.Actions == nil {
		answer.Actions = []Action{}
	}
	if err != nil {
		answer.Error = err.Error()
	}
	return answer
}

// readWorld decodes a line as upstream decodes an API server's answer: case matters, nothing is defaulted.
func readWorld(line []byte, gates *gates) (id json.RawMessage, w *World, err error) {
	var in input
	if err := utiljson.Unmarshal(line, &in); err != nil {
		var only struct {
			ID json.RawMessage `json:"id"`
		}
		_ = json.Unmarshal(line, &only) // the id is still of use
		return only.ID, nil, err
	}
	if err := gates.choose(in.FeatureGates); err != nil {
		return in.ID, nil, err
	}
	w, err = newWorld(in.Observation)
	return in.ID, w, err
}
