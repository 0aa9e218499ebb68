// One function per operation: from a request to a use case of control and back to an answer.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "api/router.hpp"

namespace paddock::api {

using Answering = boost::asio::awaitable<Response>;

Answering get_health(Context& context, const Request& request);
Answering get_readiness(Context& context, const Request& request);
Answering get_metrics(Context& context, const Request& request);
Answering get_openapi(Context& context, const Request& request);
Answering get_host(Context& context, const Request& request);
Answering list_adapters(Context& context, const Request& request);
Answering get_adapter(Context& context, const Request& request);
Answering list_policies(Context& context, const Request& request);
Answering get_policy(Context& context, const Request& request);
Answering create_token(Context& context, const Request& request);
Answering list_tokens(Context& context, const Request& request);
Answering revoke_token(Context& context, const Request& request);

Answering start_session(Context& context, const Request& request);
Answering list_sessions(Context& context, const Request& request);
Answering get_session(Context& context, const Request& request);
Answering delete_session(Context& context, const Request& request);
Answering list_events(Context& context, const Request& request);
Answering get_output(Context& context, const Request& request);
Answering get_screen(Context& context, const Request& request);
Answering attach_to_session(Context& context, const Request& request);
Answering explain_session(Context& context, const Request& request);
Answering wait_for_session(Context& context, const Request& request);
Answering act_on_session(Context& context, const Request& request);
Answering list_actions(Context& context, const Request& request);
Answering get_action(Context& context, const Request& request);
Answering list_approvals(Context& context, const Request& request);
Answering watch_events(Context& context, const Request& request);

}  // namespace paddock::api
