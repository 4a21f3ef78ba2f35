package harness

import (
	"encoding"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	apps "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// schemaField is one field of a struct as encoding/json sees it, embedded structs dissolved.
type schemaField struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`             // of one value: string, bool, int32, quantity, struct …
	Struct    string `json:"struct,omitempty"` // its name where the kind is struct
	Container string `json:"container,omitempty"`
	Pointer   bool   `json:"pointer,omitempty"`
	OmitEmpty bool   `json:"omitEmpty,omitempty"`
	OmitZero  bool   `json:"omitZero,omitempty"`
}

// printSchema describes every struct that a StatefulSet reaches, one per line, by reflection.
func printSchema() {
	if err := schemaLines(json.NewEncoder(os.Stdout)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func schemaLines(encoder *json.Encoder) error {
	found := map[string]reflect.Type{}
	reach(reflect.TypeFor[apps.StatefulSet](), found)
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		line := struct {
			Struct string        `json:"struct"`
			Fields []schemaField `json:"fields"`
		}{name, fieldsOf(found[name])}
		sort.Slice(line.Fields, func(i, j int) bool { return line.Fields[i].Name < line.Fields[j].Name })
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func reach(t reflect.Type, found map[string]reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		reach(t.Elem(), found)
	case reflect.Struct:
		if _, known := found[t.Name()]; known || leaf(t) != "" {
			return
		}
		if !embeddedOnly[t.Name()] {
			found[t.Name()] = t
		}
		for i := range t.NumField() {
			reach(t.Field(i).Type, found)
		}
	}
}

// embeddedOnly are structs that have no place of their own in JSON.
var embeddedOnly = map[string]bool{"TypeMeta": true, "VolumeSource": true, "ProbeHandler": true, "EphemeralContainerCommon": true}

func fieldsOf(t reflect.Type) []schemaField {
	fields := []schemaField{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || (!field.IsExported() && !field.Anonymous) {
			continue
		}
		if field.Anonymous && name == "" {
			fields = append(fields, fieldsOf(field.Type)...)
			continue
		}
		if name == "" {
			name = field.Name
		}
		described := schemaField{Name: name}
		for _, option := range strings.Split(options, ",") {
			described.OmitEmpty = described.OmitEmpty || option == "omitempty"
			described.OmitZero = described.OmitZero || option == "omitzero"
		}
		described.shape(field.Type)
		fields = append(fields, described)
	}
	return fields
}

func (f *schemaField) shape(t reflect.Type) {
	if kind := leaf(t); kind != "" {
		f.Kind = kind
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		f.Pointer = true
		f.shape(t.Elem())
	case reflect.Slice:
		f.Container += "list"
		f.shape(t.Elem())
	case reflect.Map:
		f.Container += "map"
		f.shape(t.Elem())
	case reflect.Struct:
		f.Kind, f.Struct = "struct", t.Name()
	default:
		f.Kind = t.Kind().String()
	}
}

// leaf names a type that reads and writes itself, and bytes.
func leaf(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[resource.Quantity]():
		return "quantity"
	case reflect.TypeFor[intstr.IntOrString]():
		return "intOrString"
	case reflect.TypeFor[metav1.Time]():
		return "time"
	case reflect.TypeFor[metav1.FieldsV1]():
		return "raw"
	case reflect.TypeFor[[]byte]():
		return "bytes"
	}
	pointer := reflect.PointerTo(t)
	if t.Kind() != reflect.Pointer &&
		(pointer.Implements(reflect.TypeFor[json.Unmarshaler]()) || pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())) {
		return "unknown:" + t.String()
	}
	return ""
}
