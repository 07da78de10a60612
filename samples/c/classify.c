// Labels texts: cc classify.c $(pkg-config --cflags --libs albit) -o classify && ./classify model.gguf "a fine film"
#include <albit.h>
#include <stdio.h>

static int fail(albit_status status) {
    fprintf(stderr, "classify: %s\n", albit_error());
    return (int)status;
}

int main(int count, char **arguments) {
    if (count < 3) {
        fprintf(stderr, "usage: classify MODEL TEXT...\n");
        return ALBIT_WRONG_USE;
    }
    if (albit_abi_version() != ALBIT_ABI_VERSION) {
        fprintf(stderr, "classify: libalbit %s is not the one of this header\n", albit_version());
        return ALBIT_MACHINE;
    }
    albit_model *model;
    albit_status status = albit_open(arguments[1], NULL, &model);
    if (status != ALBIT_OK) return fail(status);

    // All texts at once; the lengths may be left out, as each ends with a zero.
    albit_texts texts = {.count = (size_t)count - 2, .texts = (const char *const *)arguments + 2};
    albit_answers *answers;
    status = albit_classify(model, &texts, NULL, &answers);
    if (status != ALBIT_OK) {
        albit_close(model);
        return fail(status);
    }
    for (size_t i = 0; i < answers->count; i++) {
        const albit_answer *answer = &answers->answers[i];
        const albit_item *best = answer->items;
        for (size_t label = 1; label < answer->item_count; label++)
            if (answer->items[label].score > best->score) best = &answer->items[label];
        printf("%s  %.4f  %s\n", best->text, best->score, texts.texts[i]);
    }
    albit_free(answers);
    albit_close(model);
    return 0;
}
