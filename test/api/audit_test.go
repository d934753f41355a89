package api_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync"
)

// writes are the answers to all writes, by their request id.
type writes struct {
	mu       sync.Mutex
	answered map[string]*answer
}

func (w *writes) add(method string, a *answer) {
	if method == http.MethodGet || method == http.MethodHead || a.op == nil {
		return
	}
	w.mu.Lock()
	w.answered[a.header.Get("X-Request-Id")] = a
	w.mu.Unlock()
}

// auditTrail holds the audit log against the writes of all scenarios before it:
// each that got past its credentials has one record that says how it ended, and
// no record holds a secret.
func auditTrail(s *scenario) {
	// Something to look for when this scenario runs alone.
	own := s.holder("own")
	s.do(nobody, "POST envs", object{"name": "NOBODY"}).refused(401, "APIG.1000", "")
	file, err := os.Open(s.auditLog)
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	records := 0
	for lines := bufio.NewScanner(file); lines.Scan(); records++ {
		s.auditRecord(lines.Bytes())
		for _, text := range append(own.secrets[2:], userPassword, adminPassword, own.member.token, own.marker) {
			if strings.Contains(lines.Text(), text) {
				s.t.Errorf("the record holds %q: %s", text, lines.Text())
			}
		}
	}
	if records < 20 {
		s.t.Errorf("%d records only", records)
	}
	for id, a := range s.writes.answered {
		a.s = s
		// A path that is not canonical is refused before its operation is
		// known, a foreign page before its sender is.
		if a.status < 400 || a.status == 404 || a.status == 403 && !strings.Contains(string(a.body), "another origin") {
			a.errorf("request %s has no audit record", id)
		}
	}
}

// auditRecord checks one line and takes its write off the list.
func (s *scenario) auditRecord(line []byte) {
	var record struct {
		RequestID  string `json:"request_id"`
		Action     string `json:"action"`
		UserID     string `json:"user_id"`
		ProjectID  string `json:"project_id"`
		Credential string `json:"credential"`
		Resource   string `json:"resource"`
		Status     int    `json:"status"`
		Code       string `json:"error_code"`
		Remote     string `json:"remote_addr"`
	}
	if err := json.Unmarshal(line, &record); err != nil {
		s.t.Fatalf("audit record %s: %v", line, err)
	}
	a := s.writes.answered[record.RequestID]
	if a == nil {
		s.t.Errorf("a second record, or one of no request: %s", line)
		return
	}
	delete(s.writes.answered, record.RequestID)
	a.s = s // the scenario that sent it is over
	from := "127.0.0.1"
	if a.from != "" {
		from = a.from
	}
	code, text := a.fault()
	if record.Action != a.op.id || record.Status != a.status || record.Code != code || record.Remote != from {
		a.errorf("its audit record is %s", line)
	}
	if a.op.public || code == "APIG.1003" || record.UserID != "" && strings.Contains(text, "requires a project in the scope") {
		return // good credentials without a project
	}
	switch {
	case a.status == 401:
		a.errorf("refused credentials are in the audit log: %s", line)
	case record.UserID == "" || record.Credential == "":
		a.errorf("nobody in its audit record: %s", line)
	case a.op.document.name == "apigw" && record.ProjectID == "":
		a.errorf("no project in its audit record: %s", line)
	case a.status < 300 && record.Resource == "" && !batches[a.op.id]:
		a.errorf("no resource in its audit record: %s", line)
	}
}

// batches are the operations that succeed also when they change nothing.
var batches = map[string]bool{
	"apigw:apis:publish-batch": true, "apigw:app_auths:create": true,
	"apigw:acls:delete-batch": true, "apigw:acl_bindings:delete-batch": true,
}
