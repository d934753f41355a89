package telemetry_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

func TestAuditLine(t *testing.T) {
	r := &telemetry.AuditRecord{
		Time: time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC), RequestID: "r", Action: "apigw:apps:create",
		UserID: "u", UserName: "Zoë \"z\"\n", DomainID: "d", ProjectID: "p", Credential: "token", TokenAuditID: "t",
		Resource: "x", Status: 201, Remote: "203.0.113.7", Duration: 3 * time.Millisecond,
	}
	want := `{"time":"2026-11-22T03:04:05.000Z","request_id":"r","action":"apigw:apps:create","user_id":"u","user_name":"Zoë \"z\"\u000a",` +
		`"domain_id":"d","project_id":"p","credential":"token","access_key":"","token_audit_id":"t","resource":"x","status":201,` +
		`"error_code":"","remote_addr":"203.0.113.7","duration":0.003000}` + "\n"
	if got := r.Line(); got != want || !json.Valid([]byte(got)) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestAuditIsOnDiskWhenRecorded: nothing waits in a buffer of ours.
func TestAuditIsOnDiskWhenRecorded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	w, err := telemetry.Open(path, nil, telemetry.Rotation{})
	if err != nil {
		t.Fatal(err)
	}
	l := telemetry.NewAuditLog(w)
	for i := range 3 {
		r := &telemetry.AuditRecord{Status: 200 + i}
		if err := l.Record(r); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got[len(got)-len(r.Line()):]) != r.Line() {
			t.Fatalf("record %d is not in the file: %q, %v", i, got, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAuditFailureIsReported(t *testing.T) {
	l := telemetry.NewAuditLog(&sink{err: errors.New("no space left")})
	if err := l.Record(&telemetry.AuditRecord{}); err == nil {
		t.Error("a lost audit record went unnoticed")
	}
}
