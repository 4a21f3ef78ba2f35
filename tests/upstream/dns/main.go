// Command dns answers questions as a cluster's DNS does: CoreDNS' kubernetes plugin, and the EndpointSlice controller's
// reconciler where a world has no EndpointSlices, on worlds read as lines.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"k8s.io/klog/v2"
)

func main() {
	klog.SetLogger(klog.Logger{})
	if err := converse(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dns:", err)
		os.Exit(1)
	}
}

// converse answers one line with one line, in order, until the input ends. Output is flushed whenever no whole line is
// waiting, so a parent can hold a conversation through pipes.
func converse(in io.Reader, out io.Writer) error {
	reader, writer := bufio.NewReaderSize(in, 1<<20), bufio.NewWriterSize(out, 1<<20)
	defer writer.Flush()
	for {
		line, err := reader.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return err
		}
		answer, wrong := json.Marshal(answered(line))
		if wrong != nil {
			return wrong
		}
		if _, err := writer.Write(append(answer, '\n')); err != nil {
			return err
		}
		if reader.Buffered() == 0 {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
	}
}

// answered never panics: what breaks a world is told in `crash`.
func answered(line []byte) (answer answer) {
	defer func() {
		if broken := recover(); broken != nil {
			answer.Crash = fmt.Sprintf("panic: %v", broken)
		}
	}()
	var w world
	if err := json.Unmarshal(line, &w); err != nil {
		answer.Crash = err.Error()
		return answer
	}
	answer.ID = w.ID
	if w.EndpointSlices == nil {
		slices, err := w.reconciled()
		if err != nil {
			answer.Crash = err.Error()
			return answer
		}
		w.EndpointSlices = slices
	}
	server, err := serverOf(&w)
	if err != nil {
		answer.Crash = err.Error()
		return answer
	}
	for _, question := range w.Questions {
		answer.Answers = append(answer.Answers, server.ask(question))
	}
	return answer
}
