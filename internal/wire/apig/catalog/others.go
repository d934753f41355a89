package catalog

// others are the codes of authorizers, functions, documents, the market,
// statistics and configuration.
func others() []Chapter {
	return []Chapter{
		{Text{"Custom authorizers and functions", "自定义认证与函数"}, []Entry{
			{"APIG.3081", Text{
				"No custom authorizer has this id. List the authorizers.",
				"该编号的自定义认证不存在。请查询自定义认证列表。",
			}},
			{"APIG.1137", Text{
				"The custom authorizer belongs to another project. Use one of your own.",
				"该自定义认证属于其他项目。请使用自己的自定义认证。",
			}},
			{"APIG.3211", Text{
				"The project has a custom authorizer of this name already. Choose another name.",
				"项目中已存在同名自定义认证。请更换名称。",
			}},
			{"APIC.7701", Text{
				"APIs use the custom authorizer or the function, as drafts or where they are published, or an authorizer uses the function. The text names one; change it first.",
				"仍有 API（草稿或已发布）使用该自定义认证或函数，或有自定义认证使用该函数，错误信息给出了其中之一。请先修改。",
			}},
			{"APIG.3212", Text{
				"An identity source stands twice in the list. Send each once.",
				"认证来源重复。每个来源只需发送一次。",
			}},
			{"APIG.3116", Text{
				"The project has as many custom authorizers as it may have. Delete one, or ask an administrator to raise the limit.",
				"项目的自定义认证数量已达上限。请删除部分自定义认证，或请管理员提高配额。",
			}},
			{"APIG.3117", Text{
				"The authorizer has too many identity sources. Send fewer.",
				"自定义认证的认证来源过多。请减少数量。",
			}},
			{"APIG.3019", Text{
				"No function of the project has this URN. List the functions, or create it first.",
				"项目中没有该 URN 的函数。请查询函数列表，或先创建函数。",
			}},
			{"APIG.2016", Text{
				"The code of the function is not Base64. Encode the bytes of the module as they are.",
				"函数代码不是 Base64。请对模块的原始字节进行编码。",
			}},
			{"APIG.9008", Text{
				"As many functions run at once as may. Try again in a moment.",
				"同时运行的函数已达上限。请稍后重试。",
			}},
		}},
		{Text{"Importing and exporting", "导入与导出"}, []Entry{
			{"APIG.3600", Text{
				"The document is neither JSON nor YAML, or nested or aliased beyond reason. The text says at which line; correct it there.",
				"文档不是合法的 JSON 或 YAML，或嵌套、引用过度。请按错误信息中的行号修改。",
			}},
			{"APIG.3601", Text{
				"The document says neither swagger 2.0 nor openapi 3.0 or 3.1. Convert it to one of them.",
				"文档版本不是 Swagger 2.0、OpenAPI 3.0 或 3.1。请转换为其中之一。",
			}},
			{"APIG.3602", Text{
				"The document is readable and no API description: the text says which part. Check it with a validator.",
				"文档可读，但不是合法的 API 描述，错误信息指出了位置。请用校验工具检查。",
			}},
			{"APIG.3603", Text{
				"The document is too long. Split it into several.",
				"文档过长。请拆分为多个文档。",
			}},
			{"APIG.3609", Text{
				"The body of the request is empty. Send the document.",
				"请求体为空。请发送文档。",
			}},
			{"APIG.3127", Text{
				"The document has more operations than one import may have. Split it, or ask an administrator to raise the limit.",
				"文档中的接口数量超过单次导入上限。请拆分，或请管理员提高配额。",
			}},
		}},
		{Text{"The marketplace", "云市场"}, []Entry{
			{"APIG.3014", Text{
				"No order has this id. List what the project has ordered.",
				"该编号的订购记录不存在。请查询项目的订购列表。",
			}},
			{"APIG.1111", Text{
				"The order is another project's. Use one of your own.",
				"该订购记录属于其他项目。请使用自己的订购记录。",
			}},
			{"APIG.3304", Text{
				"The project has an order for this group that has not ended. Use it, or wait for its end.",
				"项目已有该分组的有效订购。请直接使用，或等待其到期。",
			}},
			{"APIG.3016", Text{
				"The group is not listed on the marketplace. List it first.",
				"分组没有上架信息。请先申请上架。",
			}},
			{"APIG.1119", Text{
				"A project cannot order its own group; it may call its APIs without an order.",
				"项目不能订购自己的分组，无需订购即可调用其中的 API。",
			}},
			{"APIG.3412", Text{
				"The project that provides the group is disabled. Ask an administrator.",
				"提供该分组的项目已被停用。请联系管理员。",
			}},
			{"APIG.3420", Text{
				"The group is not for sale on the marketplace. Ask its owner.",
				"分组未在云市场上架。请联系其所有者。",
			}},
		}},
		{Text{"Statistics and configuration", "统计与配置"}, []Entry{
			{"APIG.1107", Text{
				"The configuration is another project's, or only an administrator may set it; or APIs name the response that was to be deleted. Ask an administrator, or change those APIs first.",
				"该配置属于其他项目，或只有管理员可以设置；或要删除的分组响应仍被 API 使用。请联系管理员，或先修改这些 API。",
			}},
			{"APIG.0000", Text{
				"No error: it stands in the field code of the statistics, whose envelope has one.",
				"不是错误：统计接口的返回结构中 code 字段的取值。",
			}},
			{"APIG.3007", Text{
				"There is no such configuration: no quota of this name, no response with this id in the group, no such type of response. List them.",
				"该配置不存在：没有该名称的配额、分组没有该编号的响应，或没有该响应类型。请先查询列表。",
			}},
		}},
	}
}
