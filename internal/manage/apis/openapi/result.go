package openapi

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/importer"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Result is the answer of an import (reference tables 4-581 to 4-583), with the
// report that the reference does not have.
type Result struct {
	GroupID string    `json:"group_id" doc:"Empty for a new group with dry_run."`
	Success []Success `json:"success"`
	Failure []Failure `json:"failure"`

	DryRun bool `json:"dry_run,omitempty"`
	// What became of the document's words; those first that were not used as
	// they are meant.
	Report      []importer.Entry `json:"report" doc:"The first 1000 entries, what was ignored first."`
	ReportTotal int              `json:"report_total"`
	ReportCount []importer.Count `json:"report_counts"`
}

// Success is an API that was imported.
type Success struct {
	ID     string `json:"id"`
	Action string `json:"action" enum:"create,update"`
	Method string `json:"method"`
	Path   string `json:"path"`
}

// Failure is an operation that was not.
type Failure struct {
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
	Method  string `json:"method"`
	Path    string `json:"path"`
}

// maxReport bounds the entries of an answer.
const maxReport = 1000

func (res *Result) report(r *importer.Report) {
	res.Report, res.ReportTotal, res.ReportCount = r.First(maxReport), r.Len(), r.Counts()
}

// fail lists an operation, unless err is no refusal of ours.
func (res *Result) fail(op *importer.Operation, err error) error {
	var refusal *wire.Error
	if !errors.As(err, &refusal) || refusal.Status >= 500 {
		return err
	}
	res.Failure = append(res.Failure, Failure{refusal.Code, refusal.Message, op.Method, op.Path})
	return nil
}
