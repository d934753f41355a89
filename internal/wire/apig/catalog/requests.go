package catalog

// requests are the codes that any request may end in.
func requests() []Chapter {
	return []Chapter{
		{Text{"Logging in and being allowed", "登录与权限"}, []Entry{
			{"APIG.1000", Text{
				"The request has no credentials. Send a token of POST /v3/auth/tokens in X-Auth-Token, or sign the request with an access key.",
				"请求没有携带凭证。请在 X-Auth-Token 中携带 POST /v3/auth/tokens 返回的 Token，或使用访问密钥对请求签名。",
			}},
			{"APIG.1001", Text{
				"The token has expired, or the date of the signature is more than 15 minutes away from the clock here. Get a new token; check the clock of the machine that signs.",
				"Token 已过期，或签名时间与服务器时钟相差超过 15 分钟。请重新获取 Token，并检查签名机器的时钟。",
			}},
			{"APIG.1002", Text{
				"The token or the signature is wrong, was revoked, or both were sent at once. The text says what of it is safe to tell; log in again, or check the access key and what was signed.",
				"Token 或签名错误、已被吊销，或两者同时发送。请根据错误信息重新登录，或检查访问密钥及参与签名的内容。",
			}},
			{"APIG.1003", Text{
				"The token belongs to no project. Log in with a project in the scope; with an access key, name the project in X-Project-Id.",
				"Token 不属于任何项目。请在登录时指定项目范围；使用访问密钥时，请在 X-Project-Id 中指明项目。",
			}},
			{"APIC.7106", Text{
				"The operation is for administrators, or a browser sent it from a page of another origin. Use an administrator's credentials, or send it from a program.",
				"该操作仅限管理员，或请求来自浏览器中的其他站点页面。请使用管理员凭证，或由程序发送请求。",
			}},
			{"APIC.7110", Text{
				"The role reader may look and change nothing. Ask an administrator for the role member in this project.",
				"reader 角色只能查看，不能修改。请向管理员申请该项目的 member 角色。",
			}},
			{"APIC.7111", Text{
				"The project in the path is not the one of the credentials. Use the project of the token, or log in to the other project.",
				"路径中的项目与凭证所属项目不一致。请使用 Token 所属的项目，或登录到目标项目。",
			}},
			{"APIG.1201", Text{
				"The two things named in the request belong to different projects; only an administrator can meet this. Name things of one project.",
				"请求中的两个资源属于不同项目（仅管理员会遇到）。请使用同一项目的资源。",
			}},
		}},
		{Text{"Sending a request", "发送请求"}, []Entry{
			{"APIG.2000", Text{
				"The request itself is malformed: the JSON, the query or the path. The text says where; send valid UTF-8 JSON and escape what stands in the URL.",
				"请求本身格式错误：JSON、查询串或路径有误，错误信息会说明位置。请发送合法的 UTF-8 JSON，并对 URL 中的字符正确转义。",
			}},
			{"APIG.2001", Text{
				"A parameter that the operation needs is missing or empty; the text names it. Send it.",
				"缺少必选参数或参数为空，错误信息给出了参数名。请补充该参数。",
			}},
			{"APIG.2002", Text{
				"A number is below its range; the text names the parameter. Use a larger one.",
				"数值低于允许范围，错误信息给出了参数名。请使用更大的值。",
			}},
			{"APIG.2003", Text{
				"A number is above its range; the text names the parameter. Use a smaller one.",
				"数值高于允许范围，错误信息给出了参数名。请使用更小的值。",
			}},
			{"APIG.2004", Text{
				"A number is none of those that have a meaning; the text names the parameter. The reference lists them.",
				"数值不在有含义的取值之中，错误信息给出了参数名。取值见参考文档。",
			}},
			{"APIG.2005", Text{
				"A text has too few characters; the text of the error names the parameter. Make it longer.",
				"文本过短，错误信息给出了参数名。请增加长度。",
			}},
			{"APIG.2006", Text{
				"A text has too many characters, a list too many items, or the whole body too many bytes (then the status is 413). Shorten it, or send it in several requests.",
				"文本过长、列表项过多，或请求体过大（此时状态码为 413）。请缩短内容，或分多次发送。",
			}},
			{"APIG.2011", Text{
				"A value breaks the rules of its parameter; the text names it and often what is expected. The reference and our OpenAPI document have the rules.",
				"参数值不符合规则，错误信息给出了参数名，通常还有期望的形式。规则见参考文档与我们的 OpenAPI 文档。",
			}},
			{"APIG.3309", Text{
				"What the request asks for is so already, as an AppCode that the app has or a group that is on sale; the text says what. There is nothing more to do.",
				"请求的结果已经存在，例如应用已有该 AppCode、分组已上架，错误信息说明了原因。无需重复操作。",
			}},
		}},
		{Text{"When the service is in trouble", "服务自身故障"}, []Entry{
			{"APIG.9999", Text{
				"A fault of Lintel itself; nothing was changed. Try again; if it stays, give the request_id to the operator, who finds the cause in the log by it.",
				"Lintel 自身故障，数据未被修改。请重试；如仍失败，请将 request_id 提供给运维人员，可据此在日志中查到原因。",
			}},
			{"APIC.9100", Text{
				"The database is away (status 503). API calls go on with what was published; try the change again when the database is back.",
				"数据库不可用（状态码 503）。已发布的 API 仍可调用；请在数据库恢复后重试修改操作。",
			}},
		}},
	}
}
