package harness

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
	"unsafe"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// unmarshal is utiljson.Unmarshal into an empty value, several times as fast on usual input: nothing that does
// not fit, no field twice. Anything else is left to utiljson, with its results and its errors. What is
// decoded shares the text's memory.
func unmarshal[T any](text []byte, into *T) error {
	if unmarshalUsual(text, into) {
		return nil
	}
	var blank T
	*into = blank
	return utiljson.Unmarshal(text, into)
}

// unmarshalUsual leaves something half done where it answers false.
func unmarshalUsual[T any](text []byte, into *T) bool {
	if !utf8.Valid(text) {
		return false
	}
	p, read := parser{text: text}, readerOf(reflect.TypeFor[T]())
	p.space()
	if !p.ok() || !read(&p, unsafe.Pointer(into)) {
		return false
	}
	p.space()
	return p.at == len(p.text)
}

// reader reads one value, without spaces around it, into the memory of its type. False: not plain.
type reader func(*parser, unsafe.Pointer) bool

var (
	readers     sync.Map // reflect.Type to reader
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textual     = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func readerOf(t reflect.Type) reader {
	if known, found := readers.Load(t); found {
		return known.(reader)
	}
	// A type may hold itself: what is built now looks itself up only when it reads.
	var built reader
	var once sync.Once
	lazy := reader(func(p *parser, to unsafe.Pointer) bool {
		once.Do(func() { built = build(t) })
		return built(p, to)
	})
	known, _ := readers.LoadOrStore(t, lazy)
	return known.(reader)
}

func build(t reflect.Type) reader {
	switch {
	case t == reflect.TypeFor[metav1.Time]():
		return readTime
	case reflect.PointerTo(t).Implements(unmarshaler):
		return readOwn(t)
	case reflect.PointerTo(t).Implements(textual):
		return unreadable
	}
	switch t.Kind() {
	case reflect.String:
		return readString
	case reflect.Bool:
		return readBool
	case reflect.Int32:
		return readInt32
	case reflect.Int:
		return readInt
	case reflect.Int64:
		return readInt64
	case reflect.Pointer:
		return readPointer(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 { // bytes are base64
			return readSlice(t)
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String && !reflect.PointerTo(t.Key()).Implements(textual) {
			return readMap(t)
		}
	case reflect.Struct:
		return readStruct(t)
	}
	return unreadable
}

func unreadable(*parser, unsafe.Pointer) bool { return false }

func readString(p *parser, to unsafe.Pointer) bool {
	if p.null() {
		return true
	}
	text, ok := p.string()
	*(*string)(to) = text
	return ok
}

func readBool(p *parser, to unsafe.Pointer) bool {
	switch {
	case p.null(), p.word("false"):
		return true
	case p.word("true"):
		*(*bool)(to) = true
		return true
	}
	return false
}

func readInt32(p *parser, to unsafe.Pointer) bool {
	if p.null() {
		return true
	}
	number, err := strconv.ParseInt(p.number(), 10, 32)
	*(*int32)(to) = int32(number)
	return err == nil
}

func readInt(p *parser, to unsafe.Pointer) bool {
	if p.null() {
		return true
	}
	number, err := strconv.Atoi(p.number())
	*(*int)(to) = number
	return err == nil
}

func readInt64(p *parser, to unsafe.Pointer) bool {
	if p.null() {
		return true
	}
	number, err := strconv.ParseInt(p.number(), 10, 64)
	*(*int64)(to) = number
	return err == nil
}

func readTime(p *parser, to unsafe.Pointer) bool {
	if p.null() {
		return true
	}
	text, ok := p.string()
	if !ok {
		return false
	}
	parsed, err := time.Parse(time.RFC3339, text)
	(*metav1.Time)(to).Time = parsed.Local()
	return err == nil
}

// readOwn lets a type decode itself.
func readOwn(t reflect.Type) reader {
	return func(p *parser, to unsafe.Pointer) bool {
		start := p.at
		if !p.skip() {
			return false
		}
		return reflect.NewAt(t, to).Interface().(json.Unmarshaler).UnmarshalJSON(p.text[start:p.at:p.at]) == nil
	}
}

func readPointer(t reflect.Type) reader {
	read := readerOf(t)
	return func(p *parser, to unsafe.Pointer) bool {
		if p.null() {
			return true
		}
		value := reflect.New(t)
		*(*unsafe.Pointer)(to) = value.UnsafePointer()
		return read(p, value.UnsafePointer())
	}
}

func readSlice(t reflect.Type) reader {
	read := readerOf(t.Elem())
	return func(p *parser, to unsafe.Pointer) bool {
		if p.null() {
			return true
		}
		slice := reflect.NewAt(t, to).Elem()
		slice.Set(reflect.MakeSlice(t, 0, 0))
		return p.members('[', ']', func() bool {
			length := slice.Len()
			if length == slice.Cap() {
				slice.Grow(max(length, 1))
			}
			slice.SetLen(length + 1)
			return read(p, slice.Index(length).Addr().UnsafePointer())
		})
	}
}

func readMap(t reflect.Type) reader {
	if t == reflect.TypeFor[map[string]string]() {
		return readStrings
	}
	read := readerOf(t.Elem())
	return func(p *parser, to unsafe.Pointer) bool {
		if p.null() {
			return true
		}
		entries := reflect.MakeMap(t)
		reflect.NewAt(t, to).Elem().Set(entries)
		return p.members('{', '}', func() bool {
			key, ok := p.key()
			value := reflect.New(t.Elem())
			ok = ok && read(p, value.UnsafePointer())
			entries.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), value.Elem())
			return ok
		})
	}
}

func readStrings(p *parser, to unsafe.Pointer) bool {
	if p.null() {
		return true
	}
	entries := map[string]string{}
	*(*map[string]string)(to) = entries
	return p.members('{', '}', func() bool {
		key, ok := p.key()
		var value string
		ok = ok && readString(p, unsafe.Pointer(&value))
		entries[key] = value
		return ok
	})
}

type field struct {
	offset uintptr
	read   reader
	bit    uint64
}

func readStruct(t reflect.Type) reader {
	fields := map[string]field{}
	if !collectFields(t, 0, fields) || len(fields) > 64 {
		return unreadable
	}
	return func(p *parser, to unsafe.Pointer) bool {
		if p.null() {
			return true
		}
		var seen uint64
		return p.members('{', '}', func() bool {
			key, ok := p.key()
			if !ok {
				return false
			}
			field, known := fields[key]
			if !known {
				return p.skip()
			}
			if seen&field.bit != 0 {
				return false // what the second one does to the first is utiljson's business
			}
			seen |= field.bit
			return field.read(p, unsafe.Add(to, field.offset))
		})
	}
}

// collectFields fails where two fields have one name.
func collectFields(t reflect.Type, offset uintptr, fields map[string]field) bool {
	for i := range t.NumField() {
		member := t.Field(i)
		tag, tagged := member.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		if !member.IsExported() || tag == "-" {
			if member.Anonymous && !member.IsExported() {
				return false
			}
			continue
		}
		if strings.Contains(options, "string") {
			return false
		}
		if member.Anonymous && name == "" {
			if member.Type.Kind() != reflect.Struct || reflect.PointerTo(member.Type).Implements(unmarshaler) ||
				!collectFields(member.Type, offset+member.Offset, fields) {
				return false
			}
			continue
		}
		if !tagged || name == "" {
			name = member.Name
		}
		if _, taken := fields[name]; taken {
			return false
		}
		fields[name] = field{offset + member.Offset, readerOf(member.Type), 1 << (len(fields) % 64)}
	}
	return true
}
