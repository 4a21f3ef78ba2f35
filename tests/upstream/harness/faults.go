package harness

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	apps "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"
)

// Upstream tries again after a conflict; nobody has to wait for that here.
func init() {
	retry.DefaultRetry.Duration = time.Nanosecond
	retry.DefaultBackoff.Duration = time.Nanosecond
}

// Fault says which calls of one sync an API server refuses, and why.
type Fault struct {
	// create, update, patch, delete or updateStatus
	Verb string `json:"verb"`
	Kind string `json:"kind"`
	Name string `json:"name"`
	// The reason of a metav1.Status, such as Conflict.
	Reason metav1.StatusReason `json:"reason"`
	// How many calls are refused; absent: all.
	Times *int `json:"times"`
}

type faults struct {
	mutex sync.Mutex // the Pods of a batch are dealt with at once
	rules []Fault
}

// send records a call, and answers it.
func (w *World) send(action Action) error {
	verb, kind := callOf(action.Type)
	err := w.faults.answer(verb, kind, action.Name)
	action.Refused = err != nil
	w.Record.add(action)
	return err
}

// sendStatus answers a write of the status; a refused one stands among the actions.
func (w *World) sendStatus(status *apps.StatefulSetStatus) error {
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		err := w.faults.answer("updateStatus", "StatefulSet", w.Set.Name)
		if err != nil {
			text, _ := json.Marshal(status)
			w.Record.add(Action{Type: "UpdateStatus", Name: w.Set.Name, Object: text, Refused: true})
		} else {
			w.Record.written(status)
		}
		return err
	})
}

func (f *faults) answer(verb, kind, name string) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for at := range f.rules {
		rule := &f.rules[at]
		if rule.Verb != verb || rule.Kind != kind || rule.Name != name {
			continue
		}
		if rule.Times != nil {
			if *rule.Times <= 0 {
				continue
			}
			*rule.Times--
		}
		return &apierrors.StatusError{ErrStatus: metav1.Status{
			Status: metav1.StatusFailure, Code: codeOf(rule.Reason), Reason: rule.Reason,
			Message: string(rule.Reason) + ": " + verb + " " + kind + " " + name,
		}}
	}
	return nil
}

// callOf splits the type of an action: an adoption and a release are patches.
func callOf(action string) (verb, kind string) {
	for prefix, verb := range map[string]string{
		"Create": "create", "Update": "update", "Delete": "delete", "Adopt": "patch", "Release": "patch",
	} {
		if kind, found := strings.CutPrefix(action, prefix); found {
			return verb, kind
		}
	}
	return "", action
}

func codeOf(reason metav1.StatusReason) int32 {
	switch reason {
	case metav1.StatusReasonConflict, metav1.StatusReasonAlreadyExists:
		return http.StatusConflict
	case metav1.StatusReasonNotFound:
		return http.StatusNotFound
	case metav1.StatusReasonForbidden:
		return http.StatusForbidden
	case metav1.StatusReasonInvalid:
		return http.StatusUnprocessableEntity
	case metav1.StatusReasonTimeout:
		return http.StatusGatewayTimeout
	}
	return http.StatusInternalServerError
}
