//go:build !race

package gateway_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"
)

// peersEnv makes the test binary play the callers and the backend of
// TestIdleWebSockets, so that this process holds the gateway's side alone.
const peersEnv = "LINTEL_TEST_PEERS"

// TestPeers is no test but that other process.
func TestPeers(t *testing.T) {
	if os.Getenv(peersEnv) == "" {
		t.Skip("started by TestIdleWebSockets")
	}
	b := socketBackend(t, false)
	fmt.Println("backend", b.address)
	var conns []net.Conn
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		order := strings.Fields(orders.Text())
		switch order[0] {
		case "open": // address host number
			n, err := strconv.Atoi(order[3])
			if err != nil {
				t.Fatal(err)
			}
			for range n {
				conn, err := net.Dial("tcp", order[1])
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(5 * time.Minute))
				g := &group{caller: &caller{host: order[2]}}
				if response, r := g.shake(t, conn, "/ws"); response.StatusCode != http.StatusSwitchingProtocols || r.Buffered() != 0 {
					t.Fatal(response.Status)
				}
				conns = append(conns, conn)
			}
		case "talk":
			for _, conn := range conns {
				talk(t, conn, conn, "still here")
			}
		}
		fmt.Println("done", order[0])
	}
}

// peers is that process, seen from here.
type peers struct {
	t       *testing.T
	in      io.WriteCloser
	out     *bufio.Scanner
	address string // of its backend
}

func startPeers(t *testing.T) *peers {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestPeers$", "-test.v")
	c.Env = append(os.Environ(), peersEnv+"=1")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	p := &peers{t: t, in: in, out: bufio.NewScanner(out)}
	t.Cleanup(func() {
		in.Close()
		for p.out.Scan() {
		}
		if err := c.Wait(); err != nil {
			t.Errorf("the other process: %v", err)
		}
	})
	p.address = strings.TrimPrefix(p.await("backend "), "backend ")
	return p
}

// await reads lines until one begins with prefix.
func (p *peers) await(prefix string) string {
	p.t.Helper()
	for p.out.Scan() {
		if strings.HasPrefix(p.out.Text(), prefix) {
			return p.out.Text()
		}
	}
	p.t.Fatalf("the other process ended without %q", prefix)
	return ""
}

func (p *peers) order(order string) {
	p.t.Helper()
	if _, err := fmt.Fprintln(p.in, order); err != nil {
		p.t.Fatal(err)
	}
	verb, _, _ := strings.Cut(order, " ")
	p.await("done " + verb)
}

// memory is what this process uses: heap and stacks in use, and what the kernel
// counts.
func memory(t *testing.T) (inUse, resident int64) {
	t.Helper()
	runtime.GC()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("the kernel does not say how much memory is resident")
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			if resident, err = strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(kb), " kB"), 10, 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	return int64(m.HeapInuse + m.StackInuse), resident << 10
}

// TestIdleWebSockets: an idle WebSocket costs the gateway 20 KB at most, and all of them
// live through publications of their own API. With LINTEL_DRILLS=full it holds
// 9,800 (20,000 descriptors is what a process has here, and each takes two) through
// 1,000 publications.
func TestIdleWebSockets(t *testing.T) {
	n, publications := scale(500, 9800), scale(20, 1000)
	p := start(t)
	own := p.admin
	others := startPeers(t)
	g := own.group("sockets")
	api := own.published(g, web("/ws", others.address))
	others.order(fmt.Sprintf("open %s %s 20", p.GatewayAddr(), g.host)) // what is needed once
	inUse, resident := memory(t)
	others.order(fmt.Sprintf("open %s %s %d", p.GatewayAddr(), g.host, n))
	inUse2, resident2 := memory(t)
	each, eachResident := (inUse2-inUse)/int64(n), (resident2-resident)/int64(n)
	t.Logf("%d idle WebSockets: %d bytes of heap and stacks each, %d bytes resident", n, each, eachResident)
	if each > 20<<10 || eachResident > 20<<10 {
		t.Errorf("an idle WebSocket costs %d bytes, %d resident, want at most 20 KB", each, eachResident)
	}
	begin := time.Now()
	for i := range publications {
		if i%10 == 0 {
			own.update(api.id, g, web("/ws", others.address), "remark", fmt.Sprint(i))
		}
		own.publish(api.id)
	}
	t.Logf("%d publications in %v", publications, time.Since(begin).Round(time.Millisecond))
	others.order("talk")
	inUse3, _ := memory(t)
	t.Logf("after them and a word through each: %d bytes each", (inUse3-inUse)/int64(n))
}
