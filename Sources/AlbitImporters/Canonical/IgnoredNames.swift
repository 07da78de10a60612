/// Tensors that training leaves in a checkpoint and no model needs, told by their names.
enum IgnoredNames {
    /// Last component of a normalised name to what it is.
    private static let lastComponents: [String: String] = [
        "adam_m": "optimizer slot", "adam_v": "optimizer slot", "Adam": "optimizer slot", "Adam_1": "optimizer slot",
        "LAMB": "optimizer slot", "LAMB_1": "optimizer slot", "lamb_m": "optimizer slot", "lamb_v": "optimizer slot",
        "Momentum": "optimizer slot", "Adagrad": "optimizer slot", "Adafactor": "optimizer slot",
        "RMSProp": "optimizer slot", "RMSProp_1": "optimizer slot", "m": "optimizer slot", "v": "optimizer slot",
        "vhat": "optimizer slot", "exp_avg": "optimizer slot", "exp_avg_sq": "optimizer slot",
        "ExponentialMovingAverage": "moving average of a weight", "ema": "moving average of a weight",
        "global_step": "step counter", "beta1_power": "optimizer state", "beta2_power": "optimizer state",
        "save_counter": "step counter", "iterations": "step counter", "iter": "step counter",
        "learning_rate": "optimizer state", "decay": "optimizer state", "beta_1": "optimizer state",
        "beta_2": "optimizer state", "loss_scale": "optimizer state", "current_loss_scale": "optimizer state",
        "good_steps": "optimizer state", "num_batches_tracked": "step counter",
        "position_ids": "buffer of position numbers", "token_type_ids": "buffer of token types",
        "position_embeddings_ids": "buffer of position numbers",
    ]

    /// Components that mark everything below them.
    private static let components: [String: String] = [
        "optimizer": "optimizer state", "optimizer_state": "optimizer state", "optimizer_states": "optimizer state",
        "optimizer_weights": "optimizer state", "opt_state": "optimizer state", "OPTIMIZER_SLOT": "optimizer slot",
        ".OPTIMIZER_SLOT": "optimizer slot",
        "lr_scheduler": "training state", "scheduler": "training state", "rng_state": "training state",
    ]

    /// Why a name is left out by rule; nil where no rule knows it.
    static func reason(_ normalised: String) -> String? {
        let parts = normalised.split(separator: ".").map(String.init)
        if let last = parts.last, let reason = lastComponents[last] { return reason }
        for part in parts {
            if let reason = components[part] { return reason }
        }
        return nil
    }
}
