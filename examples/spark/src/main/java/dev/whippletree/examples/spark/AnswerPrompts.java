package dev.whippletree.examples.spark;

import static org.apache.spark.sql.functions.col;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/** A Spark job that answers a data set of prompts: one row in, one row out, with the answer or with the error. */
public final class AnswerPrompts {

    private static final StructType ANSWERS = new StructType()
            .add("id", DataTypes.StringType)
            .add("answer", DataTypes.StringType)
            .add("finish_reason", DataTypes.StringType)
            .add("answer_model", DataTypes.StringType)
            .add("source", DataTypes.StringType)
            .add("error", DataTypes.StringType)
            .add("message", DataTypes.StringType);

    private AnswerPrompts() {}

    /** Runs the job. Exits with 0 if each row has an answer or an error, with 2 after a mistake, else with 1. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        try {
            JobOptions options = JobOptions.parse(arguments);
            String configuration = checked(options.configuration());
            try (SparkSession spark =
                    SparkSession.builder().appName("AnswerPrompts").getOrCreate()) {
                answer(prompts(spark, options), options, configuration);
                report(spark, options);
            }
            return 0;
        } catch (JobMistake e) {
            System.err.println("AnswerPrompts: " + e.getMessage());
            return 2;
        } catch (Exception e) {
            // Scala doesn't declare it, so Java can't catch it: the output exists, for example.
            if (e instanceof AnalysisException) {
                System.err.println("AnswerPrompts: " + firstLine(e));
                return 2;
            }
            System.err.println("AnswerPrompts: the job failed, and Spark's log says more: " + firstLine(root(e)));
            return 1;
        }
    }

    private static void answer(Dataset<Row> prompts, JobOptions options, String configuration) {
        int inFlight = options.inFlight();
        MapPartitionsFunction<Row, Row> answer = rows -> {
            Answers answers = new Answers(ExecutorWhippletree.open(configuration), rows, inFlight);
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> answers.withdraw());
            return answers;
        };
        prompts.mapPartitions(answer, Encoders.row(ANSWERS))
                .write()
                .format(options.format())
                .save(options.output());
    }

    /**
     * Returns the text of the configuration. Finds mistakes in it here, once, instead of in each executor: opens what
     * they will open, and makes no call.
     */
    private static String checked(String file) throws IOException {
        Path path = Path.of(file).toAbsolutePath().normalize();
        if (!Files.isRegularFile(path)) {
            throw new JobMistake("there is no configuration " + path + "; write one, or name it with --config");
        }
        try (Whippletree whippletree = Whippletree.open(path)) {
            Configuration configuration = whippletree.configuration();
            if (configuration.coordinator().isEmpty()) {
                throw new JobMistake(path + " has no coordinator, so each executor would use the whole of each limit;"
                        + " add one: docs/redis.md");
            }
            if (configuration.caches().stream().noneMatch(cache -> cache.name().equals("redis"))) {
                throw new JobMistake(path + " has no cache in Redis, so each executor would ask the same prompts;"
                        + " add redis to caches: docs/redis.md");
            }
            return Files.readString(path);
        } catch (ConfigurationException e) {
            throw new JobMistake(e.getMessage());
        }
    }

    private static Dataset<Row> prompts(SparkSession spark, JobOptions options) {
        Dataset<Row> input;
        try {
            input = spark.read()
                    .format(options.format())
                    .option("primitivesAsString", true) // An id stays as it is written.
                    .load(options.input());
        } catch (Exception e) {
            throw new JobMistake(options.input() + " can't be read as " + options.format() + ": " + firstLine(root(e)));
        }
        List<String> columns = Arrays.asList(input.columns());
        String id = options.idColumn().orElse(columns.contains("custom_id") ? "custom_id" : "id");
        for (String needed : List.of(id, options.promptColumn())) {
            if (!columns.contains(needed)) {
                throw new JobMistake(options.input() + " has no column '" + needed + "', only "
                        + String.join(", ", columns) + "; name another with --id or --prompt");
            }
        }
        return input.select(
                col("`" + id + "`").cast(DataTypes.StringType),
                col("`" + options.promptColumn() + "`").cast(DataTypes.StringType));
    }

    /** Counts what was written: counters of tasks would count a task twice that ran twice. */
    private static void report(SparkSession spark, JobOptions options) {
        spark.read()
                .schema(ANSWERS)
                .format(options.format())
                .load(options.output())
                .groupBy("error")
                .count()
                .collectAsList()
                .forEach(row -> System.out.println(
                        row.getLong(1) + (row.isNullAt(0) ? " rows answered" : " rows failed: " + row.getString(0))));
    }

    private static Throwable root(Throwable failure) {
        return failure.getCause() == null ? failure : root(failure.getCause());
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse(failure.toString());
    }
}
