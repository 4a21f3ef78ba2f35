package harness

import (
	"encoding/json"
	"strconv"

	apps "k8s.io/api/apps/v1"
)

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

// text writes what encoding/json writes, without its second look at the objects, which it wrote itself.
func (d decision) text() []byte {
	text := make([]byte, 0, 4096)
	text = appendRaw(append(text, `{"id":`...), d.ID)
	text = append(text, `,"actions":[`...)
	for i, action := range d.Actions {
		if i > 0 {
			text = append(text, ',')
		}
		text = action.append(text)
	}
	text = append(text, ']')
	if d.Status != nil {
		text = appendAny(append(text, `,"status":`...), d.Status)
	}
	text = strconv.AppendBool(append(text, `,"statusWritten":`...), d.StatusWritten)
	if d.RequeueAfterSeconds != nil {
		text = appendAny(append(text, `,"requeueAfterSeconds":`...), *d.RequeueAfterSeconds)
	}
	text = appendMember(text, `,"error":`, d.Error)
	return append(text, '}')
}

func (a Action) append(text []byte) []byte {
	text = appendString(append(text, `{"type":`...), a.Type)
	text = appendString(append(text, `,"name":`...), a.Name)
	text = appendMember(text, `,"pod":`, a.Pod)
	text = appendMember(text, `,"uid":`, a.UID)
	if len(a.Object) > 0 {
		text = append(append(text, `,"object":`...), a.Object...)
	}
	if len(a.Patch) > 0 {
		text = appendRaw(append(text, `,"patch":`...), a.Patch)
	}
	if a.Refused {
		text = append(text, `,"refused":true`...)
	}
	return append(text, '}')
}

func appendMember(text []byte, key, value string) []byte {
	if value == "" {
		return text
	}
	return appendString(append(text, key...), value)
}

func appendString(text []byte, value string) []byte {
	for i := range len(value) {
		if class[value[i]] != plain {
			return appendAny(text, value)
		}
	}
	return append(append(append(text, '"'), value...), '"')
}

func appendRaw(text []byte, value json.RawMessage) []byte {
	if len(value) > 0 && isTidy(value) {
		return append(text, value...)
	}
	return appendAny(text, value)
}

func appendAny(text []byte, value any) []byte {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return append(text, encoded...)
}
