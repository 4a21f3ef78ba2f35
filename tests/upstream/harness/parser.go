package harness

import (
	"encoding/json"
	"unsafe"
)

// parser walks over JSON text. Each of its functions answers false, or an empty text, at anything that is not JSON for
// certain, and whoever asked turns to a full decoder.
type parser struct {
	text  []byte
	at    int
	depth int
	// Whether keys so far stood in order without doubles and nothing was written in another way than Go writes it.
	untidy bool
}

func (p *parser) ok() bool { return p.at < len(p.text) }

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
			p.untidy = true
		default:
			return
		}
	}
}

func (p *parser) word(word string) bool {
	if len(p.text)-p.at >= len(word) && string(p.text[p.at:p.at+len(word)]) == word {
		p.at += len(word)
		return true
	}
	return false
}

func (p *parser) null() bool { return p.ok() && p.text[p.at] == 'n' && p.word("null") }

// string shares its memory with the text.
func (p *parser) string() (string, bool) {
	if !p.ok() || p.text[p.at] != '"' {
		return "", false
	}
	start := p.at + 1
	for at := start; at < len(p.text); at++ {
		switch class[p.text[at]] {
		case plain:
		case quote:
			p.at = at + 1
			return unsafe.String(unsafe.SliceData(p.text[start:]), at-start), true
		case escaped: // Go writes it in another way
			p.untidy = true
		case backslash:
			p.untidy = true
			return p.unescaped(start - 1)
		default:
			return "", false
		}
	}
	return "", false
}

func (p *parser) unescaped(start int) (text string, ok bool) {
	for at := start + 1; at < len(p.text); at++ {
		switch p.text[at] {
		case '\\':
			at++
		case '"':
			p.at = at + 1
			return text, json.Unmarshal(p.text[start:p.at], &text) == nil
		}
	}
	return "", false
}

func (p *parser) key() (string, bool) {
	key, ok := p.string()
	p.space()
	if !ok || !p.ok() || p.text[p.at] != ':' {
		return "", false
	}
	p.at++
	p.space()
	return key, p.ok()
}

// number gives the text of a number up to its fraction or exponent.
func (p *parser) number() string {
	start := p.at
	if p.ok() && p.text[p.at] == '-' {
		p.at++
	}
	digits := p.at
	for p.ok() && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	if p.at == digits || p.text[digits] == '0' && p.at > digits+1 {
		return ""
	}
	// More digits than a float64 holds, or a negative zero.
	p.untidy = p.untidy || p.at-digits > 15 || digits > start && p.text[digits] == '0'
	return unsafe.String(&p.text[start], p.at-start)
}

// members goes through an array or object; member reads one, without the spaces around it.
func (p *parser) members(open, end byte, member func() bool) bool {
	if !p.ok() || p.text[p.at] != open || p.depth > 1000 {
		return false
	}
	p.at++
	p.depth++
	p.space()
	if p.ok() && p.text[p.at] == end {
		p.at++
		p.depth--
		return true
	}
	for {
		if !p.ok() || !member() {
			return false
		}
		p.space()
		if !p.ok() {
			return false
		}
		switch p.text[p.at] {
		case ',':
			p.at++
			p.space()
		case end:
			p.at++
			p.depth--
			return true
		default:
			return false
		}
	}
}

// skip reads any value.
func (p *parser) skip() bool {
	if !p.ok() {
		return false
	}
	switch p.text[p.at] {
	case '{':
		last, first := "", true
		return p.members('{', '}', func() bool {
			key, ok := p.key()
			p.untidy = p.untidy || !first && key <= last
			last, first = key, false
			return ok && p.skip()
		})
	case '[':
		return p.members('[', ']', p.skip)
	case '"':
		_, ok := p.string()
		return ok
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	}
	start := p.at
	if p.number() == "" {
		return false
	}
	if p.ok() && (p.text[p.at] == '.' || p.text[p.at]|0x20 == 'e') {
		p.untidy = true
		for p.ok() && p.text[p.at] != ',' && p.text[p.at] != ']' && p.text[p.at] != '}' && p.text[p.at] > ' ' {
			p.at++
		}
		return json.Valid(p.text[start:p.at])
	}
	return true
}

// isTidy tells whether a text is for certain what Go writes for the value that it is.
func isTidy(text []byte) bool {
	p := parser{text: text}
	return p.skip() && p.at == len(text) && !p.untidy
}

const (
	plain = iota
	quote
	escaped
	backslash
	other
)

// class of a byte within a string. Beyond ASCII there are line separators that Go escapes.
var class = func() (classes [256]uint8) {
	for b := range classes {
		switch {
		case b < 0x20:
			classes[b] = other
		case b == '\\':
			classes[b] = backslash
		case b == '"':
			classes[b] = quote
		case b >= 0x7f, b == '<', b == '>', b == '&':
			classes[b] = escaped
		}
	}
	return classes
}()
