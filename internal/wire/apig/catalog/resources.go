package catalog

// resources are the codes of groups, APIs, apps, environments and variables.
func resources() []Chapter {
	return []Chapter{
		{Text{"Working on API groups", "管理 API 分组"}, []Entry{
			{"APIG.3001", Text{
				"No API group has this id. List the groups of the project; it may have been deleted.",
				"该编号的 API 分组不存在。请查询项目下的分组列表，该分组可能已被删除。",
			}},
			{"APIG.1101", Text{
				"The API group belongs to another project. Work in that project, or use a group of your own.",
				"该 API 分组属于其他项目。请切换到所属项目，或使用自己的分组。",
			}},
			{"APIG.3201", Text{
				"The project has an API group of this name already. Choose another name, or use that group.",
				"项目中已存在同名 API 分组。请更换名称，或使用已有分组。",
			}},
			{"APIG.3415", Text{
				"The API group still holds APIs. Take them offline and delete them first.",
				"API 分组中仍有 API。请先下线并删除这些 API。",
			}},
			{"APIG.3101", Text{
				"The project has as many API groups as it may have. Delete one that is not needed, or ask an administrator to raise the limit.",
				"项目的 API 分组数量已达上限。请删除不需要的分组，或请管理员提高配额。",
			}},
		}},
		{Text{"Registering and publishing APIs", "注册与发布 API"}, []Entry{
			{"APIG.3002", Text{
				"No API has this id. List the APIs; it may have been deleted.",
				"该编号的 API 不存在。请查询 API 列表，该 API 可能已被删除。",
			}},
			{"APIG.1102", Text{
				"The API belongs to another project. Work in that project, or use an API of your own.",
				"该 API 属于其他项目。请切换到所属项目，或使用自己的 API。",
			}},
			{"APIG.3202", Text{
				"The group has an API of this name already. Choose another name.",
				"分组中已存在同名 API。请更换名称。",
			}},
			{"APIG.3301", Text{
				"The group has an API with the same method, path and match mode; the text names it. Change one of the three, or update that API.",
				"分组中已有方法、路径和匹配方式都相同的 API，错误信息给出了其名称。请修改其中一项，或更新该 API。",
			}},
			{"APIG.3209", Text{
				"Two parameters of the API have the same name in the same place. Rename or remove one.",
				"API 中有两个位置和名称都相同的参数。请改名或删除其一。",
			}},
			{"APIG.3210", Text{
				"Two policy backends of the API have the same name. Rename one.",
				"API 的两个策略后端同名。请修改其中一个的名称。",
			}},
			{"APIG.3213", Text{
				"A tag stands twice in the list. Send each tag once.",
				"标签重复。每个标签只需发送一次。",
			}},
			{"APIG.2024", Text{
				"The address of the backend, or the domain, is none: it is host or host:port without a scheme. Write it like api.example.com:8080.",
				"后端地址或域名不合法：应为不带协议的 host 或 host:port。请写成 api.example.com:8080 的形式。",
			}},
			{"APIG.2026", Text{
				"The request path has a variable that no parameter in PATH describes. Add the parameter, or take the variable out of the path.",
				"请求路径中的变量没有对应的 PATH 参数。请添加该参数，或从路径中去掉变量。",
			}},
			{"APIG.2027", Text{
				"The backend path has a variable that no backend parameter in PATH fills. Add the backend parameter, or take the variable out of the path.",
				"后端路径中的变量没有对应的后端 PATH 参数。请添加该后端参数，或从路径中去掉变量。",
			}},
			{"APIG.2028", Text{
				"A backend parameter takes its value from a request parameter that the API does not have. Name one of req_params.",
				"后端参数引用了不存在的请求参数。请填写 req_params 中已有的参数名。",
			}},
			{"APIG.2030", Text{
				"The API cannot be debugged like this: its path, method or scheme is not that of the request, or it uses variables of environments. Follow the text.",
				"无法这样调试该 API：路径、方法或协议与请求不符，或 API 使用了环境变量。请按错误信息修改。",
			}},
			{"APIG.2036", Text{
				"A parameter uses what a custom authorizer answers, and the API has none. Set auth_type or the backend's authorizer_id, or use another source.",
				"参数引用了自定义认证的返回值，但 API 未使用自定义认证。请设置 auth_type 或后端的 authorizer_id，或改用其他来源。",
			}},
			{"APIG.3015", Text{
				"The API is not published in this environment. Publish it there first, or name the environment in which it is.",
				"API 未在该环境发布。请先发布，或使用已发布的环境。",
			}},
			{"APIG.3022", Text{
				"No version of an API has this id. Ten are kept per API and environment; list the history to see which.",
				"该编号的 API 版本不存在。每个 API 在每个环境保留 10 个版本，请查询历史版本列表。",
			}},
			{"APIG.3416", Text{
				"The API is published. Take it offline in every environment first.",
				"API 已发布。请先在所有环境下线。",
			}},
			{"APIG.3102", Text{
				"The project has as many APIs as it may have. Delete some, or ask an administrator to raise the limit.",
				"项目的 API 数量已达上限。请删除部分 API，或请管理员提高配额。",
			}},
			{"APIG.3125", Text{
				"The group has as many APIs as it may have. Use another group, or ask an administrator to raise the limit.",
				"分组中的 API 数量已达上限。请使用其他分组，或请管理员提高配额。",
			}},
			{"APIG.3111", Text{
				"The API has too many request parameters. Send fewer, or ask an administrator to raise the limit.",
				"API 的请求参数过多。请减少参数，或请管理员提高配额。",
			}},
			{"APIG.3113", Text{
				"The API has too many policy backends. Send fewer, or ask an administrator to raise the limit.",
				"API 的策略后端过多。请减少数量，或请管理员提高配额。",
			}},
			{"APIG.3114", Text{
				"A policy backend has too many conditions. Join them, or ask an administrator to raise the limit.",
				"策略后端的条件过多。请合并条件，或请管理员提高配额。",
			}},
			{"APIG.3133", Text{
				"The API has too many tags. Send fewer.",
				"API 的标签过多。请减少标签。",
			}},
		}},
		{Text{"Working on environments and variables", "管理环境与环境变量"}, []Entry{
			{"APIG.3003", Text{
				"No environment has this id. List the environments; RELEASE is DEFAULT_ENVIRONMENT_RELEASE_ID.",
				"该编号的环境不存在。请查询环境列表；RELEASE 的编号为 DEFAULT_ENVIRONMENT_RELEASE_ID。",
			}},
			{"APIG.1103", Text{
				"The environment belongs to another project, or is RELEASE, which nobody changes. Use one of your own.",
				"该环境属于其他项目，或是不可修改的 RELEASE 环境。请使用自己的环境。",
			}},
			{"APIG.3205", Text{
				"The project has an environment of this name already, or it is RELEASE. Choose another name.",
				"项目中已存在同名环境，或名称为 RELEASE。请更换名称。",
			}},
			{"APIG.3418", Text{
				"APIs are published in the environment. Take them offline there first.",
				"环境中仍有已发布的 API。请先在该环境下线。",
			}},
			{"APIG.3104", Text{
				"The project has as many environments as it may have. Delete one, or ask an administrator to raise the limit.",
				"项目的环境数量已达上限。请删除部分环境，或请管理员提高配额。",
			}},
			{"APIG.3011", Text{
				"No variable has this id. List those of the group.",
				"该编号的环境变量不存在。请查询分组的变量列表。",
			}},
			{"APIG.1110", Text{
				"The variable belongs to a group of another project. Use one of your own.",
				"该环境变量属于其他项目的分组。请使用自己的环境变量。",
			}},
			{"APIG.3303", Text{
				"The group has a variable of this name in this environment. Delete it first, or choose another name.",
				"分组在该环境中已有同名变量。请先删除，或更换名称。",
			}},
			{"APIG.3106", Text{
				"The group has as many variables in this environment as it may have. Delete one, or ask an administrator to raise the limit.",
				"分组在该环境中的变量数量已达上限。请删除部分变量，或请管理员提高配额。",
			}},
		}},
		{Text{"Working on apps and authorizing them", "管理应用与授权"}, []Entry{
			{"APIG.3004", Text{
				"No app has this id. List the apps; whoever gave you the id may have deleted the app.",
				"该编号的应用不存在。请查询应用列表，应用可能已被其所有者删除。",
			}},
			{"APIG.1104", Text{
				"The app belongs to another project. Use one of your own.",
				"该应用属于其他项目。请使用自己的应用。",
			}},
			{"APIG.3203", Text{
				"The project has an app of this name already. Choose another name.",
				"项目中已存在同名应用。请更换名称。",
			}},
			{"APIG.3310", Text{
				"Somebody has this AppKey already; keys are unique on the whole platform. Choose another, or send none and get one.",
				"该 AppKey 已被使用，AppKey 全平台唯一。请更换，或不填由系统生成。",
			}},
			{"APIG.3103", Text{
				"The project has as many apps as it may have. Delete one, or ask an administrator to raise the limit.",
				"项目的应用数量已达上限。请删除部分应用，或请管理员提高配额。",
			}},
			{"APIG.3082", Text{
				"The app has no AppCode with this id. List the AppCodes of the app.",
				"应用没有该编号的 AppCode。请查询应用的 AppCode 列表。",
			}},
			{"APIG.3131", Text{
				"The app has as many AppCodes as it may have. Delete one first.",
				"应用的 AppCode 数量已达上限。请先删除一个。",
			}},
			{"APIG.3009", Text{
				"No authorization has this id; it may have ended with its app, its API or the publication. List the bound APIs of the app.",
				"该编号的授权记录不存在，可能已随应用、API 或发布一起失效。请查询应用已绑定的 API 列表。",
			}},
			{"APIG.1109", Text{
				"The authorization is neither of your app nor for your API. Ask one of the two owners to end it.",
				"该授权既不属于您的应用，也不属于您的 API。请由任一方的所有者解除。",
			}},
		}},
	}
}
