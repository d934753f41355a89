package functions

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Code types of FunctionGraph that exist here, and ours.
const (
	codeInline = "inline"
	codeHTTP   = "http"
)

// CodeInput is what a function does: a module or a target, as its runtime says.
type CodeInput struct {
	CodeType   string   `json:"code_type" doc:"inline for the runtime wasi, http for http; may be left out."`
	FuncCode   FuncCode `json:"func_code" doc:"Needed for the runtime wasi."`
	HTTPTarget string   `json:"http_target" doc:"http or https URL of up to 1024 characters, without credentials. Needed for the runtime http."`
}

// FuncCode is a module on the wire.
type FuncCode struct {
	File string `json:"file" doc:"A WASI preview 1 command of up to 8 MB, in Base64."`
	Link string `json:"link" doc:"Always empty."`
}

// Code is a function's code as it is answered.
type Code struct {
	FuncURN      string    `json:"func_urn"`
	FuncName     string    `json:"func_name"`
	DomainID     string    `json:"domain_id"`
	Runtime      string    `json:"runtime" enum:"wasi,http"`
	CodeType     string    `json:"code_type" enum:"inline,http"`
	CodeSize     int       `json:"code_size"`
	Digest       string    `json:"digest"`
	LastModified apig.Time `json:"last_modified"`
	FuncCode     FuncCode  `json:"func_code"`
	HTTPTarget   string    `json:"http_target,omitempty"`
}

// code checks what in brings for f, gives it to f and answers the module, nil
// for an http function.
func (a *Area) code(r *wire.Request, f *Function, in *CodeInput) ([]byte, error) {
	want := codeInline
	if f.Runtime == function.HTTP {
		want = codeHTTP
	}
	if in.CodeType != "" && !strings.EqualFold(in.CodeType, want) {
		return nil, apig.Invalid("code_type").With("a function of the runtime " + f.Runtime + " has the code type " + want)
	}
	if f.Runtime == function.HTTP {
		return nil, in.target(f)
	}
	module, err := in.module()
	if err != nil {
		return nil, err
	}
	if f.starts, err = a.Runtime.Compile(r.Context(), module); err != nil {
		return nil, refused(err)
	}
	digest := sha512.Sum512(module)
	f.Digest, f.CodeSize = hex.EncodeToString(digest[:]), len(module)
	return module, f.fits()
}

func (in *CodeInput) target(f *Function) error {
	var c apig.Check
	c.Required("http_target", in.HTTPTarget)
	c.Text("http_target", in.HTTPTarget, function.MaxTarget)
	if err := c.Err(); err != nil {
		return err
	}
	if wrong := function.CheckTarget(in.HTTPTarget); wrong != "" {
		return apig.Invalid("http_target").With("it " + wrong)
	}
	f.HTTPTarget = in.HTTPTarget
	return nil
}

func (in *CodeInput) module() ([]byte, error) {
	const field = "func_code.file"
	if in.FuncCode.File == "" {
		return nil, apig.Missing(field)
	}
	if base64.StdEncoding.DecodedLen(len(in.FuncCode.File)) > function.MaxModule+3 {
		return nil, apig.TooLong(field)
	}
	module, err := base64.StdEncoding.DecodeString(in.FuncCode.File)
	if err != nil {
		return nil, apig.E2016.Msg("%s,parameterName:%s", apig.E2016.Text(), field)
	}
	if len(module) > function.MaxModule {
		return nil, apig.TooLong(field)
	}
	return module, nil
}

// refused is a module's fault in the words of the wire; everything else is the
// service's.
func refused(err error) error {
	var fault *function.Error
	if errors.As(err, &fault) && fault.Kind == function.Module {
		return apig.Invalid("func_code.file").With(fault.Detail).Because(err)
	}
	return err
}

func moduleNeeds(megabytes int) error {
	return apig.TooSmall("memory_size").With(fmt.Sprintf("the module begins with %d MB", megabytes))
}

func (a *Area) showCode(r *wire.Request) (*Code, error) {
	f, err := own(r, a.DB)
	if err != nil {
		return nil, err
	}
	return a.asCode(r, a.DB, f)
}

func (a *Area) updateCode(r *wire.Request, in *CodeInput) (*Code, error) {
	// The module is compiled before the transaction: it must not wait for that.
	f, err := changeable(r, a.DB)
	if err != nil {
		return nil, err
	}
	next := *f
	module, err := a.code(r, &next, in)
	if err != nil {
		return nil, err
	}
	take := func(_ *store.Tx, f *Function) ([]byte, error) {
		f.Digest, f.CodeSize, f.starts, f.HTTPTarget = next.Digest, next.CodeSize, next.starts, next.HTTPTarget
		return module, nil
	}
	f, err = a.change(r, func() error { return nil }, take, func(*Function) {})
	if err != nil {
		return nil, err
	}
	return f.code(module), nil
}

func (a *Area) asCode(r *wire.Request, q store.Querier, f *Function) (*Code, error) {
	if f.Digest == "" {
		return f.code(nil), nil
	}
	module, err := selectModule(r.Context(), q, f.Digest)
	if err != nil {
		return nil, err
	}
	return f.code(module), nil
}

func (f *Function) code(module []byte) *Code {
	return &Code{
		FuncURN: f.FuncURN, FuncName: f.FuncName, DomainID: f.DomainID, Runtime: f.Runtime, CodeType: f.CodeType,
		CodeSize: f.CodeSize, Digest: f.Digest, LastModified: f.LastModified, HTTPTarget: f.HTTPTarget,
		FuncCode: FuncCode{File: base64.StdEncoding.EncodeToString(module)},
	}
}
