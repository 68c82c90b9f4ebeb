/// What kind of log a source is, recognised from its content.
package enum Dialect: String, Sendable, Hashable, CaseIterable {
  /// Some line has `event`, `phase`, `mode`, a `logits…` or a `ref_…` key.
  case native = "kltop-jsonl"
  /// Any other JSON objects, one a line.
  case jsonl = "jsonl"
  /// `trainer_state.json` of the Hugging Face Trainer: one document that is rewritten at every checkpoint.
  case trainerState = "hf-trainer-state"
  /// Python dicts that the Hugging Face Trainer and TRL print to standard output.
  case pythonDicts = "python-dict-lines"
  /// `trainer_log.jsonl` of LLaMA-Factory.
  case llamaFactory = "llamafactory"
  /// File logger of verl: `{"step":…,"data":{…}}`.
  case verlJSONL = "verl-jsonl"
  /// Pairs of names and numbers in text that a program prints: `step 10: loss 2.5, lr 1e-5`.
  case textPairs = "text-pairs"
  /// A table with a header: cells between commas, semicolons, tabs, bars or blanks.
  case table = "table"
  /// One document of JSON: an array of records, objects of several lines, or lists of equal length by their key.
  case jsonDocument = "json-document"
  /// Console logger of verl: `step:12 - actor/pg_loss:0.1 - …`.
  case verlConsole = "verl-console"
  /// Disk logger of torchtune: `Step 12 | loss:1.23 lr:2e-05`, or the same as JSON.
  case torchtune = "torchtune"
  /// `metrics.csv` of Lightning's CSVLogger.
  case lightningCSV = "lightning-csv"
  /// `metrics.jsonl` of the Tinker cookbook.
  case tinker = "tinker"
  /// TensorBoard event file.
  case tensorBoard = "tensorboard"
  /// Offline log of Weights & Biases.
  case wandb = "wandb"
  /// Store of mlflow: a folder with a file for each metric, or a database.
  case mlflow = "mlflow"
  /// Database of trackio: a project with its runs.
  case trackio = "trackio"
  /// `results_….json` of the lm-evaluation-harness: the scores of one checkpoint.
  case evaluationHarness = "lm-eval"
}

extension Dialect {
  /// Who writes it, as the manual says it.
  package var writtenBy: String {
    switch self {
    case .native: "`kltop_log.py`, the Python package, or a loop of your own: the lines above"
    case .jsonl: "anybody: JSON objects of metrics, one a line"
    case .trainerState: "Hugging Face Trainer and TRL: `trainer_state.json`, also in `checkpoint-N/`"
    case .pythonDicts:
      "their standard output, behind progress bars; it has no steps, so kltop infers them from the epochs and marks them so"
    case .textPairs:
      "prints of nanoGPT, litgpt, llm.c, mlx-lm, Megatron, NeMo, DeepSpeed, mmengine, PaddleNLP, fairseq, Keras, progress bars, and by hand: a step, an epoch or a bar and numbers with their names in one line"
    case .table:
      "any CSV or TSV with a header: commas, semicolons, tabs, bars or blanks, decimal commas, a name and a value in a row, exports of W&B and TensorBoard"
    case .jsonDocument:
      "an array of records or of `[time, step, value]`, objects of several lines, lists by their key"
    case .llamaFactory: "LLaMA-Factory: `trainer_log.jsonl` (tested on files that its own code wrote)"
    case .verlJSONL: "verl's file logger (tested on files that its own code wrote)"
    case .verlConsole: "verl's console logger (tested on files that its own code wrote)"
    case .torchtune: "torchtune's disk logger (tested on files that its own code wrote)"
    case .lightningCSV: "Lightning's `metrics.csv`"
    case .tinker: "Tinker's `metrics.jsonl` (tested on hand-written lines)"
    case .tensorBoard: "TensorBoard event files: scalars and rank-0 tensors"
    case .wandb: "W&B offline files (`.wandb`), each metric over its `define_metric` step"
    case .mlflow:
      "mlflow's stores: a run's folder, or one metric of it (rows without a step are counted); a database, `mlflow.db`, or one run of it, `mlflow.db/NAME`"
    case .trackio: "trackio's databases, `PROJECT.db`, or one run of it, `PROJECT.db/NAME`"
    case .evaluationHarness:
      "`results_….json` of the lm-evaluation-harness: scores with standard errors at the step of `checkpoint-N` in their path or model"
    }
  }
}
