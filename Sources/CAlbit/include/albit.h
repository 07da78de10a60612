// Albit in C: opens a model file and asks it about texts.
//
// A model holds its weights once and never changes, so any number of threads may ask the same model at the same time.
// Each call borrows memory to compute in from the model and gives it back; calls never wait for each other's passes.
// Nothing here prints, exits, catches signals or reads the locale. Threads of a model with `threads` above 1 are
// started by the first call that needs them, and again in a process that was forked since.
//
// Texts are UTF-8; bytes that are not count as U+FFFD. Places in texts are bytes, or code points where options say so.
// The answers are the bytes that the command line gives, on every CPU and with every number of threads.
#ifndef ALBIT_H
#define ALBIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ALBIT_API __attribute__((visibility("default")))

// Versions -----------------------------------------------------------------------------------------

/// The version of this interface. It changes when a struct or a function below does; a program asks `albit_abi_version`
/// for that of the library that it found and goes no further where the two differ.
#define ALBIT_ABI_VERSION 1
ALBIT_API uint32_t albit_abi_version(void);
/// The version of the library, such as "0.2.0".
ALBIT_API const char *albit_version(void);

// Errors -------------------------------------------------------------------------------------------

/// What a call came to. The values are the exit codes of the command line.
typedef enum albit_status {
    ALBIT_OK = 0,
    ALBIT_CHECK_FAILED = 1,  ///< a digest or a checksum is not the stored one
    ALBIT_WRONG_USE = 2,     ///< this model cannot be asked this, or an argument makes no sense
    ALBIT_BAD_INPUT = 3,     ///< a file or a text is not what it has to be
    ALBIT_MACHINE = 4        ///< memory, threads or the medium failed
} albit_status;

/// Why the last call of this thread failed: what is wrong, what was expected, what to do. "" where it did not. Valid
/// until the thread's next call.
ALBIT_API const char *albit_error(void);

// Models -------------------------------------------------------------------------------------------

typedef struct albit_model albit_model;

typedef struct albit_open_options {
    /// Threads that one call computes with; 0: the CPUs that this process may use.
    uint32_t threads;
    /// One of the kernels that the CPU runs ("scalar", "avx2" ...); NULL: the best. All give the same bytes.
    const char *kernel;
} albit_open_options;

/// One thread, the best kernel.
ALBIT_API albit_open_options albit_default_open_options(void);

/// Opens a model file that `albit quantize` wrote. `options` may be NULL. On success `*model` is for `albit_close`.
ALBIT_API albit_status albit_open(const char *path, const albit_open_options *options, albit_model **model);
/// Frees a model that no call uses any more; NULL is fine.
ALBIT_API void albit_close(albit_model *model);

/// What the model is and answers, as one JSON object: `name, architecture, vocabulary, hiddenSize, layers,
/// maxSequenceLength, heads[], labels[], problemType, pooling, embeddingSize, prompts{}, license, kernel, drift`.
/// Valid until the model is closed.
ALBIT_API const char *albit_card(const albit_model *model);

// Questions ----------------------------------------------------------------------------------------

/// Texts, or pairs of texts that the model reads together.
typedef struct albit_texts {
    size_t count;
    /// `count` texts.
    const char *const *texts;
    /// Their bytes; NULL: each ends with a zero.
    const size_t *lengths;
    /// `count` second texts; NULL: none.
    const char *const *pairs;
    /// Their bytes; NULL: each ends with a zero.
    const size_t *pair_lengths;
} albit_texts;

/// How tokens become entities.
typedef enum albit_aggregation {
    ALBIT_AGGREGATION_WORD = 0,  ///< as FIRST, without punctuation at the ends of an entity
    ALBIT_AGGREGATION_FIRST = 1,
    ALBIT_AGGREGATION_AVERAGE = 2,
    ALBIT_AGGREGATION_MAX = 3,
    ALBIT_AGGREGATION_SIMPLE = 4,
    ALBIT_AGGREGATION_NONE = 5
} albit_aggregation;

/// The length of vectors.
typedef enum albit_scaling {
    ALBIT_SCALING_MODEL = 0,  ///< what the model's own pipeline says; 1 where it has none
    ALBIT_SCALING_ONE = 1,    ///< 1
    ALBIT_SCALING_NONE = 2    ///< as they come out of the model's pipeline, or of the pooling
} albit_scaling;

typedef struct albit_options {
    /// Most tokens of a sequence; 0: what the model takes. Longer texts are cut, or read in windows.
    uint32_t max_length;
    /// Refuse texts that would be cut.
    bool strict;
    /// Places count code points instead of bytes.
    bool characters;
    /// Items to give: answers, words for a mask, matches; 0: the task's own default.
    uint32_t top;
    /// Tokens that neighbouring windows share; negative: the task's own default.
    int32_t stride;
    /// tag: how tokens become entities.
    albit_aggregation aggregation;
    /// answer: longest answer in tokens.
    uint32_t max_answer_tokens;
    /// answer: the text may not hold the answer.
    bool allows_no_answer;
    /// embed, match, summarize: "mean", "cls", "max" ...; NULL: the model's own pipeline.
    const char *pooling;
    /// embed: the length of vectors.
    albit_scaling scaling;
    /// match: compare vectors even where the model has a pair head.
    bool embeddings;
    /// summarize: sentences to keep; 0: by ratio.
    uint32_t sentences;
    double ratio;
    /// summarize: "lexrank" or "mmr".
    const char *method;
    /// embed, match, summarize: name of the model's prompt to put before texts, "" for none; NULL: its standard one.
    /// match puts the standard one before candidates.
    const char *prompt;
} albit_options;

/// What the command line does where nothing is said.
ALBIT_API albit_options albit_default_options(void);

// Answers ------------------------------------------------------------------------------------------

/// A label, an entity, an answer, a word for a mask, a match, a sentence or a token.
typedef struct albit_item {
    /// The label, or the words that were found; NULL where there are none. It ends with a zero, too.
    const char *text;
    size_t text_length;
    /// 0 ... 1; the value itself for regression.
    float score;
    /// Number of the label, the choice or the match, id of the token; -1: none.
    int64_t index;
    /// Where it stands in the text; both -1: nowhere, such as "no answer".
    int64_t start, end;
    /// fill: number of the mask among those of the text, from 0.
    uint32_t mask;
} albit_item;

/// The answer to one text. What its items and values are stands at each function.
typedef struct albit_answer {
    size_t item_count;
    const albit_item *items;
    size_t value_count;
    const float *values;
    /// A score of the whole text, where the function tells of one.
    float score;
    /// Tokens that did not fit and were left out.
    uint32_t truncated;
} albit_answer;

/// The answers to all texts, in their order.
typedef struct albit_answers {
    size_t count;
    const albit_answer *answers;
} albit_answers;

/// Frees everything that belongs to some answers at once; NULL is fine.
ALBIT_API void albit_free(albit_answers *answers);

// Every function answers `texts` into `*answers`, to be freed with `albit_free`. `options` may be NULL: the defaults.
// On failure `*answers` is NULL.

/// Labels of texts or pairs. Items: all labels, in the order of their ids. Values: the logits. `score`: number of the
/// best label; -1 for regression.
ALBIT_API albit_status albit_classify(
    albit_model *model, const albit_texts *texts, const albit_options *options, albit_answers **answers);
/// Entities of texts. Items: entities with their labels, in the order of the text.
ALBIT_API albit_status albit_tag(
    albit_model *model, const albit_texts *texts, const albit_options *options, albit_answers **answers);
/// Answers to questions (`texts`) in contexts (`pairs`). Items: answers, best first. `score`: that of "no answer".
ALBIT_API albit_status albit_answer_questions(
    albit_model *model, const albit_texts *texts, const albit_options *options, albit_answers **answers);
/// Words for each [MASK]. Items: pieces of the vocabulary, best first, mask by mask.
ALBIT_API albit_status albit_fill(
    albit_model *model, const albit_texts *texts, const albit_options *options, albit_answers **answers);
/// Vectors of texts or pairs. Values: the vector.
ALBIT_API albit_status albit_embed(
    albit_model *model, const albit_texts *texts, const albit_options *options, albit_answers **answers);
/// Whether the second text of each pair follows the first. Values: the logits. `score`: that of "in order".
ALBIT_API albit_status albit_order(
    albit_model *model, const albit_texts *texts, const albit_options *options, albit_answers **answers);
/// Which of `choices` fits one text best. One answer. Items: all choices in their order. Values: the logits. `score`:
/// number of the best.
ALBIT_API albit_status albit_choose(
    albit_model *model, const char *text, size_t text_length, const albit_texts *choices, const albit_options *options,
    albit_answers **answers);
/// Which of `candidates` fit each of `texts`, by a pair head where the model has one, else by the cosine of vectors.
/// Items: the best candidates, best first.
ALBIT_API albit_status albit_match(
    albit_model *model, const albit_texts *texts, const albit_texts *candidates, const albit_options *options,
    albit_answers **answers);
/// The sentences of texts that say most of them. Items: sentences in the order of the text.
ALBIT_API albit_status albit_summarize(
    albit_model *model, const albit_texts *texts, const albit_options *options, albit_answers **answers);
/// Tokens of texts or pairs with the frame. Items: pieces with their ids and places; those of the frame at -1.
ALBIT_API albit_status albit_tokenize(
    albit_model *model, const albit_texts *texts, const albit_options *options, albit_answers **answers);

/// Sequences of token ids, as a tokenizer of one's own makes them.
typedef struct albit_sequences {
    size_t count;
    /// Tokens of each.
    const size_t *lengths;
    /// Ids of all sequences, end to end.
    const int32_t *ids;
    /// Token types; NULL: all 0.
    const int32_t *type_ids;
    /// 0 where a token is left out of attention; NULL: none is.
    const int32_t *mask;
} albit_sequences;

/// Hidden states. Values: the last hidden state [tokens][hiddenSize], zeros where the mask left a token out.
ALBIT_API albit_status albit_encode(albit_model *model, const albit_sequences *sequences, albit_answers **answers);

#ifdef __cplusplus
}
#endif
#endif
