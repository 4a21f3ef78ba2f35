package main

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/coredns/caddy"
	"github.com/coredns/coredns/plugin"
	"github.com/coredns/coredns/plugin/kubernetes"
	"github.com/coredns/coredns/request"
	"github.com/miekg/dns"
)

// server is the plugin as a Corefile configures it, with what comes after it in the chain.
type server struct {
	plugin *kubernetes.Kubernetes
	next   *forward
}

func serverOf(w *world) (*server, error) {
	stanza := fmt.Sprintf("kubernetes %s in-addr.arpa ip6.arpa {\n pods %s\n fallthrough in-addr.arpa ip6.arpa\n ttl %d\n",
		w.ClusterDomain, w.PodRecords, w.TTL)
	if w.EndpointPodNames {
		stanza += " endpoint_pod_names\n"
	}
	controller := caddy.NewTestController("dns", stanza+"}\n")
	controller.Next()
	parsed, err := kubernetes.ParseStanza(controller)
	if err != nil {
		return nil, err
	}
	cluster, err := clusterOf(w)
	if err != nil {
		return nil, err
	}
	next := &forward{}
	parsed.APIConn, parsed.Upstream, parsed.Next = cluster, next, next
	return &server{plugin: parsed, next: next}, nil
}

// forward stands for the resolver of the node. It knows no name, and remembers that it was asked.
type forward struct{ isAsked bool }

func (f *forward) Name() string { return "forward" }

func (f *forward) ServeDNS(context.Context, dns.ResponseWriter, *dns.Msg) (int, error) {
	f.isAsked = true
	return dns.RcodeSuccess, nil
}

// Lookup ends a CNAME that leads out of the cluster: what is beyond it is not compared.
func (f *forward) Lookup(context.Context, request.Request, string, uint16) (*dns.Msg, error) {
	return new(dns.Msg), nil
}

// ask does what the server does with a question: the writer cuts the message to what the asker takes.
func (s *server) ask(q question) reply {
	kind, ok := dns.StringToType[q.Kind]
	if !ok {
		return reply{Code: "UNKNOWN TYPE"}
	}
	message := new(dns.Msg)
	message.SetQuestion(dns.Fqdn(q.Name), kind)
	if q.Size > dns.MinMsgSize {
		message.SetEdns0(q.Size, false)
	}
	s.next.isAsked = false
	kept := &writer{isUDP: q.Size > 0}
	code, err := s.plugin.ServeDNS(context.Background(), request.NewScrubWriter(message, kept), message)
	switch {
	case err != nil:
		return reply{Code: "ERROR " + err.Error()}
	case s.next.isAsked:
		return reply{Code: "FORWARDED"}
	case kept.message == nil || !plugin.ClientWrite(code):
		return reply{Code: dns.RcodeToString[code]}
	}
	return replyOf(kept.message)
}

func replyOf(message *dns.Msg) reply {
	r := reply{
		Code:       dns.RcodeToString[message.Rcode],
		Answer:     texts(message.Answer),
		Additional: texts(message.Extra),
		Truncated:  message.Truncated,
	}
	for _, record := range message.Ns {
		if soa, ok := record.(*dns.SOA); ok {
			least := min(soa.Hdr.Ttl, soa.Minttl)
			r.DenialTTL = &least
		}
	}
	return r
}

func texts(records []dns.RR) []string {
	var lines []string
	for _, record := range records {
		header := record.Header()
		if header.Rrtype == dns.TypeOPT {
			continue
		}
		data := strings.TrimPrefix(record.String(), header.String())
		lines = append(lines, fmt.Sprintf("%s %d %s %s", header.Name, header.Ttl, dns.TypeToString[header.Rrtype], data))
	}
	return lines
}

// writer keeps what is written to it.
type writer struct {
	isUDP   bool
	message *dns.Msg
}

func (w *writer) LocalAddr() net.Addr { return w.address(53) }

func (w *writer) RemoteAddr() net.Addr { return w.address(40212) }

func (w *writer) address(port int) net.Addr {
	ip := net.IPv4(10, 240, 0, 1)
	if w.isUDP {
		return &net.UDPAddr{IP: ip, Port: port}
	}
	return &net.TCPAddr{IP: ip, Port: port}
}

func (w *writer) WriteMsg(message *dns.Msg) error {
	w.message = message
	return nil
}

func (w *writer) Write([]byte) (int, error) { return 0, fmt.Errorf("only whole messages are written") }
func (w *writer) Close() error              { return nil }
func (w *writer) TsigStatus() error         { return nil }
func (w *writer) TsigTimersOnly(bool)       {}
func (w *writer) Hijack()                   {}
