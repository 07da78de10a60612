import AlbitText

// The keys of tokenizer_config.json and special_tokens_map.json, as transformers 4.57 and 5 write them. What changes
// ids and is not read is told: the weights are right all the same.
extension ConfigurationKey {
    private static let tokenizers = table([
        (
            "do_lower_case remove_space keep_accents tokenize_chinese_chars strip_accents tokenizer_class "
                + "word_tokenizer_type subword_tokenizer_type auto_map cls_token sep_token unk_token pad_token "
                + "mask_token added_tokens_decoder model_input_names", .honoured, "how text becomes pieces"
        ),
        ("do_basic_tokenize do_word_tokenize do_subword_tokenize", .only(["true"]), "Albit does each step"),
        ("split_special_tokens", .only(["false"]), "Albit finds special tokens in the text"),
        ("never_split", .only(["[]"]), "Albit splits every word alike"),
        ("sp_model_kwargs", .only(["{}"]), "Albit does not sample"),
        ("truncation_side", .only(["right"]), "Albit cuts texts at the end"),
        ("additional_special_tokens extra_special_tokens", .honoured, "they are found in a text before it is cut"),
        (
            "bos_token eos_token bos_token_id eos_token_id add_bos_token add_eos_token legacy unk_id add_prefix_space "
                + "trim_offsets errors vocab_type normalization wordpieces_prefix", .inert,
            "about tokenizers of other families, or said by the vocabulary too"
        ),
        (
            "padding_side pad_to_multiple_of pad_token_type_id pad_type max_length stride truncation_strategy "
                + "truncation padding", .inert, "arguments of a call that were saved; Albit does not pad"
        ),
        (
            "model_max_length max_len", .inert,
            "the length of a sentence model that says no other; others take as many tokens as there are positions"
        ),
        ("clean_up_tokenization_spaces spaces_between_special_tokens", .inert, "about turning ids into text"),
        (
            "mecab_kwargs sudachi_kwargs jumanpp_kwargs", .inert,
            "about segmenting Japanese, which is done before Albit"
        ),
        (
            "name_or_path special_tokens_map_file tokenizer_file vocab_file full_tokenizer_file use_fast backend "
                + "is_local local_files_only processor_class chat_template _commit_hash", .inert,
            "about where the files come from, or about chats"
        ),
    ])

    /// What became of the keys of a tokenizer's file; nil for files whose every byte is read elsewhere, or that are no
    /// object.
    static func review(tokenizer file: TokenizerFile) -> ImportReport.ReadFile? {
        guard ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"].contains(file.name),
            let json = try? JSONValue(parsing: file.bytes), let members = json.members
        else { return nil }
        var result = ImportReport.ReadFile(path: file.path)
        // Each of its keys is a token with its id.
        guard file.name != "added_tokens.json" else {
            result.used = members.map(\.name)
            return result
        }
        for member in members {
            switch tokenizers[member.name]?.rule {
            case .honoured?: result.used.append(member.name)
            case .inert?: result.inert.append((member.name, tokenizers[member.name]?.why ?? ""))
            case .only(let values)? where values.contains(text(member.value)) || member.value.isNull:
                result.inert.append((member.name, "the value is what Albit does"))
            default: if !member.value.isNull { result.unknown.append(member.name) }
            }
        }
        return result
    }
}
