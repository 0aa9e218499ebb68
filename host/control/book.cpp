// Finding and listing sessions.
#include "control/book.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "control/listing.hpp"

namespace paddock::control {
namespace json = boost::json;
using base::Errc;
using base::fail;
using session::Record;

namespace {

bool lives(const Record& record) { return record.state != session::State::exited; }

json::value text_or_null(std::string_view text) { return text.empty() ? json::value() : json::value(text); }

json::value label(const Record& record, std::string_view field) {
  const auto at = record.labels.find(std::string(field.substr(field.find('.') + 1)));
  return at == record.labels.end() ? json::value() : json::value(at->second);
}

const std::vector<ListField>& session_fields() {
  static const std::vector<ListField> fields{
      {"name", {}},
      {"adapter", {}},
      {"adapter_version", {}},
      {"mode", {"headless", "interactive", "observed"}},
      {"state", {"starting", "idle", "working", "blocked", "unknown", "exited"}},
      {"blocked_on", {"approval", "question", "login", "limit"}},
      {"state_since", {}},
      {"runtime_id", {}},
      {"pid", {}},
      {"restarts", {}},
      {"workdir", {}},
      {"policy", {}},
      {"model", {}},
      {"agent_session_id", {}},
      {"reason", {}},
      {"created_at", {}},
      {"updated_at", {}},
      {"ended_at", {}},
      {"labels.", {}},
      {"id", {}},
  };
  return fields;
}

json::value time_cell(const Record& record, std::string_view field) {
  if (field == "state_since") return json::value(base::format_time(record.state_since));
  if (field == "created_at") return json::value(base::format_time(record.created_at));
  if (field == "updated_at") return json::value(base::format_time(record.updated_at));
  return record.ended_at ? json::value(base::format_time(*record.ended_at)) : json::value();
}

json::value number_cell(const Record& record, std::string_view field) {
  if (field == "restarts") return record.restarts;
  return record.pid ? json::value(*record.pid) : json::value();
}

json::value state_cell(const Record& record, std::string_view field) {
  if (field == "mode") return json::value(session::name(record.mode));
  if (field == "state") return json::value(session::name(record.state));
  if (field == "reason") return record.exit ? json::value(session::name(record.exit->reason)) : json::value();
  const bool blocked = record.blocked_on != session::BlockedOn::none;
  return blocked ? json::value(session::name(record.blocked_on)) : json::value();
}

json::value session_cell(const Record& record, std::string_view field) {
  if (field == "id") return json::value(record.id.str());
  if (field == "name") return text_or_null(record.name);
  if (field == "adapter") return json::value(record.adapter);
  if (field == "adapter_version") return text_or_null(record.adapter_version);
  if (field == "runtime_id") return text_or_null(record.runtime.str());
  if (field == "workdir") return text_or_null(record.workdir);
  if (field == "policy") return text_or_null(record.policy);
  if (field == "model") return text_or_null(record.model);
  if (field == "agent_session_id") return text_or_null(record.agent_session_id);
  if (field == "pid" || field == "restarts") return number_cell(record, field);
  if (field.starts_with("labels.")) return label(record, field);
  if (field.ends_with("_at") || field == "state_since") return time_cell(record, field);
  return state_cell(record, field);
}

struct OpenApproval {
  const Record* record = nullptr;
  const session::Approval* approval = nullptr;
};

const std::vector<ListField>& approval_fields() {
  static const std::vector<ListField> fields{
      {"session", {}}, {"name", {}},     {"adapter", {}}, {"ref", {}}, {"kind", {"approval", "question"}},
      {"tool", {}},    {"asked_at", {}}, {"id", {}},
  };
  return fields;
}

json::value approval_cell(const OpenApproval& open, std::string_view field) {
  if (field == "session") return json::value(open.record->id.str());
  if (field == "ref") return json::value(open.approval->ref);
  if (field == "kind") return open.approval->question ? "question" : "approval";
  if (field == "asked_at") return json::value(base::format_time(open.approval->asked_at));
  if (field == "id") return json::value(open.record->id.str() + "/" + open.approval->ref);
  if (field == "tool") {
    const json::value* tool = open.approval->data.if_contains("tool");
    return tool == nullptr ? json::value() : *tool;
  }
  return session_cell(*open.record, field);
}

json::object approval_json(const OpenApproval& open) {
  json::object out;
  out["session"] = open.record->id.str();
  if (!open.record->name.empty()) out["name"] = open.record->name;
  out["adapter"] = open.record->adapter;
  out["runtime_id"] = open.record->runtime.str();
  out["state_version"] = open.record->state_version;
  out["ref"] = open.approval->ref;
  out["kind"] = open.approval->question ? "question" : "approval";
  out["state"] = "pending";
  out["asked_at"] = base::format_time(open.approval->asked_at);
  out["data"] = open.approval->data;
  return out;
}

/// `state=pending` is the only state there is a list of; it is taken out before the fields are looked at.
base::Result<ListQuery> without_pending(ListQuery query) {
  for (const auto& [name, value] : query.filters) {
    if (name == "state" && value != "pending") {
      return fail(Errc::invalid_request, fmt::format("'state' cannot be '{}', only 'pending'", value));
    }
  }
  std::erase_if(query.filters, [](const auto& filter) { return filter.first == "state"; });
  return query;
}

}  // namespace

void Book::show(Record record) {
  Record& place = records_[record.id];
  if (!place.id.empty() && lives(place)) --living_;
  if (lives(record)) ++living_;
  place = std::move(record);
}

void Book::forget(const base::SessionId& id) {
  const auto at = records_.find(id);
  if (at == records_.end()) return;
  if (lives(at->second)) --living_;
  records_.erase(at);
}

const Record* Book::get(const base::SessionId& id) const {
  const auto at = records_.find(id);
  return at == records_.end() ? nullptr : &at->second;
}

const Record* Book::living_by_name(std::string_view name) const {
  for (const auto& [id, record] : records_) {
    if (record.name == name && lives(record)) return &record;
  }
  return nullptr;
}

base::Result<const Record*> Book::find(std::string_view key) const {
  const auto missing = fail(Errc::not_found, fmt::format("there is no session '{}'", key));
  if (key.empty()) return missing;
  if (const auto id = base::SessionId::parse(key)) {
    const Record* exact = get(*id);
    if (exact == nullptr) return missing;
    return exact;
  }
  const Record* named = nullptr;
  const Record* prefixed = nullptr;
  std::size_t fitting = 0;
  for (const auto& [id, record] : records_) {  // oldest first: a later one of the same name is newer
    if (record.name == key && (named == nullptr || lives(record) || !lives(*named))) named = &record;
    const std::string_view whole = id.str();
    if (!whole.starts_with(key) && !whole.substr(base::SessionTag::prefix.size()).starts_with(key)) continue;
    prefixed = &record;
    ++fitting;
  }
  if (named != nullptr) return named;
  if (fitting == 0) return missing;
  if (fitting > 1) return fail(Errc::ambiguous, fmt::format("'{}' is the beginning of {} session ids", key, fitting));
  return prefixed;
}

base::Result<Page> Book::list(const ListQuery& query) const {
  std::vector<const Record*> rows;
  rows.reserve(records_.size());
  for (const auto& [id, record] : records_) rows.push_back(&record);
  const Cell cell = [&](std::size_t row, std::string_view field) { return session_cell(*rows[row], field); };
  auto chosen = select(query, session_fields(), "-id", rows.size(), cell);
  if (!chosen) return chosen.error();
  Page page;
  for (const std::size_t row : chosen->rows) page.items.push_back(session::to_json(*rows[row]));
  page.next_page = std::move(chosen->next_page);
  return page;
}

base::Result<Page> Book::approvals(const ListQuery& query) const {
  auto asked = without_pending(query);
  if (!asked) return asked.error();
  std::vector<OpenApproval> rows;
  for (const auto& [id, record] : records_) {
    for (const session::Approval& approval : record.approvals) rows.push_back({&record, &approval});
  }
  const Cell cell = [&](std::size_t row, std::string_view field) { return approval_cell(rows[row], field); };
  auto chosen = select(*asked, approval_fields(), "asked_at", rows.size(), cell);
  if (!chosen) return chosen.error();
  Page page;
  for (const std::size_t row : chosen->rows) page.items.push_back(approval_json(rows[row]));
  page.next_page = std::move(chosen->next_page);
  return page;
}

}  // namespace paddock::control
