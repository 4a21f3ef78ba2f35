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
	"runtime/pprof"

	"github.com/go-logr/logr"
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
	admission := flag.Bool("admission", false, "lines are StatefulSets, or pairs of them: print what an API server says of them")
	yaml := flag.Bool("yaml", false, "lines are texts: print the JSON that they are read as")
	bench := flag.Int("bench", 0, "time the decision on worlds of a stable set of `N` replicas")
	times := flag.Int("times", 200, "how often --bench decides")
	profile := flag.String("cpuprofile", "", "write a CPU profile to `FILE`")
	schema := flag.Bool("schema", false, "print the structs that a StatefulSet is made of")
	version := flag.Bool("version", false, "print the Kubernetes release that decides")
	printGates := flag.Bool("gates", false, "print the feature gates that concern a StatefulSet")
	base := chosenGates{}
	flag.Var(base, "feature-gates", "`A=true,B=false` for all worlds; a world's own come on top")
	flag.Parse()
	switch {
	case *schema:
		printSchema()
		return
	case *version:
		printLine(release())
		return
	case *printGates:
		printLine(concerning())
		return
	}
	gates, err := newGates(base)
	failOn(err)
	if *profile != "" {
		file, err := os.Create(*profile)
		failOn(err)
		failOn(pprof.StartCPUProfile(file))
		defer pprof.StopCPUProfile()
	}
	debug.SetGCPercent(800)
	nameWorldsInTraces()

	answer := func(line []byte) any { return decisionLine(line, wiring, gates) }
	switch {
	case *canonical:
		answer = func(line []byte) any { return canonicalLine(line, wiring, gates) }
	case *admission:
		answer = func(line []byte) any { return admissionLine(line, gates) }
	case *yaml:
		answer = yamlLine
	case *bench > 0:
		answer = func(line []byte) any { return benchLine(line, wiring, gates, *bench, *times) }
	}
	failOn(answerLines(os.Stdin, os.Stdout, answer))
}

func failOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func printLine(value any) { failOn(json.NewEncoder(os.Stdout).Encode(value)) }

// Decide answers worlds, as Main does without flags.
func Decide(input io.Reader, output io.Writer, wiring Wiring) error {
	return answerAll(input, output, func(line []byte, gates *gates) any { return decisionLine(line, wiring, gates) })
}

// Admit answers manifests and pairs, as Main does with --admission.
func Admit(input io.Reader, output io.Writer) error { return answerAll(input, output, admissionLine) }

func answerAll(input io.Reader, output io.Writer, one func([]byte, *gates) any) error {
	gates, err := newGates(nil)
	if err != nil {
		return err
	}
	nameWorldsInTraces()
	return answerLines(input, output, func(line []byte) any { return one(line, gates) })
}

// answerLines flushes whenever no whole line is waiting, so that a parent can hold a conversation.
func answerLines(input io.Reader, output io.Writer, answer func([]byte) any) error {
	reader, writer := bufio.NewReaderSize(input, 1<<20), bufio.NewWriterSize(output, 1<<20)
	for {
		line, readErr := reader.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := write(writer, answer(line)); err != nil {
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

func write(writer io.Writer, answer any) error {
	if decision, is := answer.(decision); is {
		_, err := writer.Write(append(decision.text(), '\n'))
		return err
	}
	return json.NewEncoder(writer).Encode(answer)
}

type input struct {
	ID           json.RawMessage `json:"id"`
	Observation  Observation     `json:"observation"`
	FeatureGates map[string]bool `json:"featureGates"`
	Faults       []Fault         `json:"faults"`
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
	if err := unmarshal(line, &in); err != nil {
		var only struct {
			ID json.RawMessage `json:"id"`
		}
		_ = json.Unmarshal(line, &only) // the id is still of use
		return only.ID, nil, err
	}
	nameWorld(in.ID)
	if err := gates.choose(in.FeatureGates); err != nil {
		return in.ID, nil, err
	}
	w, err = newWorld(in.Observation)
	if err == nil {
		w.faults.rules = in.Faults
	}
	return in.ID, w, err
}
