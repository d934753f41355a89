package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/apig/catalog"
)

// language is one of the two documents.
type language struct {
	file, title, intro                                     string
	answeredBy, shared, every, all, absent, absentIntro    string
	calls, callsIntro, caller, owner                       string
	operations, operationsIntro, code, status, text, codes string
	pick                                                   func(catalog.Text) string
}

var languages = []language{
	{
		file: "errors.md", title: "Errors", pick: func(t catalog.Text) string { return t.En },
		intro: "A refusal of the management API has the body `{\"error_code\", \"error_msg\", \"request_id\"}`. Programs compare the code;\n" +
			"the message is for people and often says more than the text below: the parameter, the id, what is expected.\n" +
			"`request_id` is that of the `X-Request-Id` header, under which the operator finds the request in the log.\n\n" +
			"A path that no operation has is answered 404 with APIG.0101, a method that a path does not have 405 with the same\n" +
			"code and an `Allow` header. The identity API below /v3 refuses as Keystone does: `{\"error\": {\"code\", \"message\",\n" +
			"\"title\"}}`, where the code is the HTTP status.\n",
		answeredBy: "Answered by",
		shared:     "%d of %d operations, by a check that comes before them", every: "every operation", all: "%d operations",
		absent: "Codes that cannot occur here", absentIntro: "The reference lists these as well. No operation answers them, and this is why.",
		calls:      "Calling an API",
		callsIntro: "What the gateway itself answers to a call. A group may have responses of its own that look different. What a backend answers passes unchanged.",
		caller:     "who calls", owner: "who owns the API",
		operations: "Operations", operationsIntro: "What each operation answers besides the codes of every request.",
		code: "code", status: "status", text: "text", codes: "codes",
	},
	{
		file: "errors.zh.md", title: "错误码", pick: func(t catalog.Text) string { return t.Zh },
		intro: "管理接口拒绝请求时返回 `{\"error_code\", \"error_msg\", \"request_id\"}`。程序应比较错误码；\n" +
			"错误信息供人阅读，通常比下文更具体：参数名、编号或期望的形式。\n" +
			"`request_id` 与响应头 `X-Request-Id` 相同，运维人员可据此在日志中找到该请求。\n\n" +
			"没有接口的路径返回 404 与 APIG.0101；路径不支持的方法返回 405、相同的错误码以及 `Allow` 响应头。\n" +
			"/v3 下的身份接口按 Keystone 的形式拒绝：`{\"error\": {\"code\", \"message\", \"title\"}}`，其中 code 为 HTTP 状态码。\n",
		answeredBy: "返回该码的接口",
		shared:     "%[2]d 个接口中的 %[1]d 个（由公共检查返回）", every: "所有接口", all: "%d 个接口",
		absent: "不会出现的错误码", absentIntro: "参考文档中也列出了以下错误码，但没有接口返回它们，原因如下。",
		calls:      "调用 API",
		callsIntro: "网关自身对调用的应答。分组可以自定义响应，形式可能不同。后端的应答原样返回。",
		caller:     "调用方", owner: "API 所有者",
		operations: "接口", operationsIntro: "各接口除公共错误码之外返回的错误码。",
		code: "错误码", status: "状态码", text: "文本", codes: "错误码",
	},
}

// document writes one of the documents.
type document struct {
	strings.Builder
	lang   language
	routes []wire.Route
	all    map[string]*answered
}

func (d *document) line(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

func (d *document) String() string {
	d.line("# %s\n", d.lang.title)
	d.line("<!-- Made from internal/wire/apig/catalog and the routes: go test ./internal/app -run TestErrorsDocument -update -->\n")
	d.line("%s", d.lang.intro)
	declared := map[string]*wire.Error{}
	for _, e := range apig.All() {
		declared[e.Code] = e
	}
	for _, c := range catalog.Chapters() {
		d.line("## %s\n", d.lang.pick(c.Title))
		for _, e := range c.Entries {
			d.entry(declared[e.Code], d.lang.pick(e.Advice))
		}
	}
	d.absences(declared)
	d.faults()
	d.operations()
	return d.Builder.String()
}

func (d *document) entry(e *wire.Error, advice string) {
	a := d.all[e.Code]
	if a == nil {
		a = &answered{statuses: []int{e.Status}}
	}
	d.line("### %s\n", e.Code)
	d.line("%s · %s\n", sortedStatuses(a.statuses), e.Message)
	d.line("%s\n", advice)
	var by []string
	if text, ok := inBodies[e.Code]; ok {
		by = append(by, d.lang.pick(text))
	}
	switch {
	case a.shared == len(d.routes):
		by = append(by, d.lang.every)
	case a.shared > 0:
		by = append(by, fmt.Sprintf(d.lang.shared, a.shared, len(d.routes)))
	}
	links := make([]string, len(a.declared))
	for i, r := range a.declared {
		links[i] = fmt.Sprintf("[%s %s](#%s)", r.Method, r.Pattern, anchor(r))
	}
	if len(links) > foldedAbove {
		by = append(by, fmt.Sprintf(d.lang.all, len(links)))
		d.line("%s: %s\n", d.lang.answeredBy, strings.Join(by, ", "))
		d.line("<details>\n\n%s\n\n</details>\n", strings.Join(links, ",\n"))
		return
	}
	d.line("%s: %s\n", d.lang.answeredBy, strings.Join(append(by, links...), ",\n"))
}

// foldedAbove is the number of links above which a list is folded.
const foldedAbove = 12

func anchor(r *wire.Route) string { return strings.NewReplacer(":", "-", "_", "-").Replace(r.Action) }

func (d *document) absences(declared map[string]*wire.Error) {
	d.line("## %s\n\n%s\n", d.lang.absent, d.lang.absentIntro)
	for _, a := range catalog.Absences() {
		d.line("### %s\n\n%s\n", d.lang.pick(a.Title), d.lang.pick(a.Why))
		d.line("| %s | %s | %s |\n|---|---|---|", d.lang.code, d.lang.status, d.lang.text)
		for _, code := range a.Codes {
			d.line("| %s | %d | %s |", code, declared[code].Status, declared[code].Message)
		}
		d.line("")
	}
}

func (d *document) faults() {
	d.line("## %s\n\n%s\n", d.lang.calls, d.lang.callsIntro)
	d.line("| %s | %s | %s | %s | %s |\n|---|---|---|---|---|", d.lang.code, d.lang.status, d.lang.text, d.lang.caller, d.lang.owner)
	for _, f := range catalog.Faults() {
		fault := faults[f.Name]
		owner := d.lang.pick(f.Owner)
		if owner == "" {
			owner = "–"
		}
		d.line("| %s | %d | %s | %s | %s |", fault.Code, fault.Status, fault.Message, d.lang.pick(f.Caller), owner)
	}
	d.line("")
}

func (d *document) operations() {
	d.line("## %s\n\n%s\n", d.lang.operations, d.lang.operationsIntro)
	d.line("| %s | %s |\n|---|---|", d.lang.operations, d.lang.codes)
	for i := range d.routes {
		r := &d.routes[i]
		codes := make([]string, 0, len(r.Errors))
		for _, e := range r.Errors {
			link := fmt.Sprintf("[%s](#%s)", e.Code, strings.ToLower(strings.ReplaceAll(e.Code, ".", "")))
			if !slices.Contains(codes, link) {
				codes = append(codes, link)
			}
		}
		slices.Sort(codes)
		if len(codes) == 0 {
			codes = []string{"–"}
		}
		d.line("| <a id=\"%s\"></a>%s `%s` | %s |", anchor(r), r.Method, r.Pattern, strings.Join(codes, " "))
	}
}
