// See texts.hpp.
#include "acp/texts.hpp"

namespace paddock::acp {

void Texts::begin(Voice voice, std::string_view id) {
  is_open_ = true;
  has_pieces_ = false;
  is_cut_ = false;
  voice_ = voice;
  id_ = id;
  ref_ = "msg-" + std::to_string(++count_);
  text_.clear();
}

json::object Texts::body_of(const Out& out, std::string_view text) const {
  json::object body = out.body();
  if (voice_ != Voice::thought) body["role"] = voice_ == Voice::user ? "user" : "assistant";
  body["text"] = text;
  return body;
}

void Texts::piece(const Out& out, Voice voice, std::string_view text, std::string_view id) {
  const bool is_same = is_open_ && voice == voice_ && (id.empty() || id_.empty() || id == id_);
  if (!is_same) {
    end(out);
    begin(voice, id);
  } else if (id_.empty()) {
    id_ = id;
  }
  has_pieces_ = true;
  const std::size_t room = text_.size() < max_text ? max_text - text_.size() : 0;
  text_.append(sdk::cut_utf8(text, room));
  is_cut_ = is_cut_ || text.size() > room;
  out.event(voice == Voice::thought ? Kind::reasoning : Kind::message, body_of(out, text), ref_, PDK_EVF_PARTIAL);
}

void Texts::whole(const Out& out, Voice voice, std::string_view text, std::string_view id) {
  if (!is_open_ || voice != voice_ || (!id.empty() && !id_.empty() && id != id_)) {
    end(out);
    begin(voice, id);
  }
  text_ = sdk::cut_utf8(text, max_text);
  is_cut_ = text.size() > max_text;
  end(out);
}

void Texts::end(const Out& out, bool incomplete) {
  if (!is_open_) return;
  if (voice_ == Voice::assistant && answer_.size() < max_text) {
    answer_.append(sdk::cut_utf8(text_, max_text - answer_.size()));
  }
  close(out, incomplete);
}

void Texts::forget(const Out& out) {
  if (is_open_) close(out, true);
}

void Texts::close(const Out& out, bool incomplete) {
  is_open_ = false;
  if (text_.empty()) return;
  json::object body = body_of(out, text_);
  if (is_cut_) body["truncated"] = true;
  if (incomplete) body["incomplete"] = true;
  out.event(voice_ == Voice::thought ? Kind::reasoning : Kind::message, std::move(body), ref_,
            has_pieces_ ? PDK_EVF_REPLACES_PARTIAL : 0U);
  text_.clear();
}

std::string Texts::take_answer() {
  std::string answer;
  answer.swap(answer_);
  return answer;
}

}  // namespace paddock::acp
