package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/passwords"
)

// flood sends more log-ins at once from one address than it has places to wait:
// some are sent away at once, and who comes from another address is not kept
// waiting by the others. 127.0.0.2 is the other address.
func flood(s *scenario) {
	own := s.tenant("own")
	transport := &http.Transport{
		MaxIdleConnsPerHost: 16, DisableKeepAlives: true,
		DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).DialContext,
	}
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	const callers = 2 * passwords.MaxPerPeer
	statuses := make([]int, callers)
	var all sync.WaitGroup
	for i := range callers {
		// Names of nobody: each costs a hash, and no share of a name is full.
		body, err := json.Marshal(byPassword(fmt.Sprint("nobody ", i), "guess", nil))
		if err != nil {
			s.t.Fatal(err)
		}
		all.Go(func() {
			r, err := client.Post(s.ManagementURL()+"/v3/auth/tokens", "application/json", strings.NewReader(string(body)))
			if err != nil {
				s.t.Error(err)
				return
			}
			defer func() { _ = r.Body.Close() }()
			text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
			if err != nil {
				s.t.Error(err)
			}
			statuses[i] = r.StatusCode
			s.writes.add(http.MethodPost, &answer{
				s: s, call: "flood: " + authTokens, op: s.contract.find(http.MethodPost, "/v3/auth/tokens"),
				status: r.StatusCode, header: r.Header, body: text, from: "127.0.0.2",
			})
		})
	}
	crowded := make(chan struct{})
	go func() { all.Wait(); close(crowded) }()
	entered := 0
	for flooded := true; flooded; {
		select {
		case <-crowded:
			flooded = false
		default:
			s.do(nobody, authTokens, byPassword("own_member_"+own.name, userPassword, nil)).want(201)
			entered++
		}
	}
	seen := map[int]int{}
	for _, status := range statuses {
		seen[status]++
	}
	if seen[401] == 0 || seen[503] == 0 || seen[401]+seen[503] != callers {
		s.t.Errorf("the flood was answered %v", seen)
	}
	if entered < 3 {
		s.t.Errorf("%d log-ins from elsewhere came through meanwhile", entered)
	}
	s.t.Logf("%d log-ins at once from one address were answered %v; %d from another came through meanwhile, one after the other", callers, seen, entered)
}
