package dev.whippletree.tests.deployed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.whippletree.tests.Project;
import dev.whippletree.tests.clients.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The files to deploy with say nothing that isn't so, and the tools that read them, where they are there, agree. */
final class DeployedFilesTest {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::\\?[^}]*)?}");
    private static final Pattern METRIC = Pattern.compile("\\b(?:whippletree|gen_ai)_[a-z_]+");
    private static final Pattern LABEL = Pattern.compile("(\\w+) *(?:=|!=|=~|!~) *\"|\\bby *\\(([^)]*)\\)");
    /** Of the page's table: name, type, and a unit that the name ends with in Prometheus. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `((?:whippletree|gen_ai)\\.[a-z_.]+)` \\| (\\w+),? ?(\\w*) \\|");

    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    private static Set<String> all(Pattern pattern, String text, int group) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the names that the page's metrics have in Prometheus. */
    static Set<String> served() throws IOException {
        Set<String> names = new TreeSet<>();
        String page = Files.readString(Project.ROOT.resolve("docs/reference/meters.md"));
        for (MatchResult row : ROW.matcher(page).results().toList()) {
            String name = row.group(1).replace('.', '_') + (row.group(3).isEmpty() ? "" : "_" + row.group(3));
            switch (row.group(2)) {
                case "counter" -> names.add(name + "_total");
                case "gauge" -> names.add(name);
                case "histogram" ->
                    Stream.of("_bucket", "_count", "_max", "_sum")
                            .map(name::concat)
                            .forEach(names::add);
                default -> throw new AssertionError("a type that this test doesn't know: " + row.group());
            }
        }
        assertThat(names).hasSizeGreaterThan(30);
        return names;
    }

    /** The expressions of the alerts and of the dashboard. */
    private static List<String> expressions() throws IOException {
        List<String> found = new ArrayList<>();
        DeployFolder.yaml("prometheus/alerts.yml")
                .at("/groups/0/rules")
                .forEach(rule -> found.add(rule.path("expr").asString()));
        JsonMapper.shared()
                .readTree(DeployFolder.text("grafana/whippletree.json"))
                .path("panels")
                .forEach(panel -> panel.path("targets")
                        .forEach(target -> found.add(target.path("expr").asString())));
        assertThat(found).hasSizeGreaterThan(20).noneMatch(String::isBlank);
        return found;
    }

    @Test
    void metrics_ofAlertsAndDashboard_areServed() throws IOException {
        Set<String> served = served();
        for (String expression : expressions()) {
            String withoutLabels = expression.replaceAll("\\{[^}]*}|\\bby *\\([^)]*\\)", "");
            assertThat(served).as(expression).containsAll(all(METRIC, withoutLabels, 0));
        }
    }

    /** A label that no metric has makes an expression match nothing. */
    @Test
    void labels_ofAlertsAndDashboard_areOnThePage() throws IOException {
        String page = Files.readString(Project.ROOT.resolve("docs/reference/meters.md"))
                .replace('.', '_');
        // Prometheus adds the first three.
        Set<String> known = new TreeSet<>(Set.of("instance", "job", "le"));
        known.addAll(all(Pattern.compile("`(\\w+)`"), page, 1));
        for (String expression : expressions()) {
            Set<String> used = LABEL.matcher(expression)
                    .results()
                    .flatMap(found -> found.group(1) != null
                            ? Stream.of(found.group(1))
                            : Stream.of(found.group(2).split(",")))
                    .map(String::strip)
                    .collect(Collectors.toSet());
            assertThat(known).as(expression).containsAll(used);
        }
    }

    @Test
    void eachAlert_saysHowBadItIs_andWhatToDo() throws IOException {
        JsonNode rules = DeployFolder.yaml("prometheus/alerts.yml").at("/groups/0/rules");
        assertThat(rules).isNotEmpty().allSatisfy(rule -> {
            assertThat(rule.at("/labels/severity").asString()).isIn("warning", "critical");
            assertThat(rule.at("/annotations/summary").asString()).contains("{{ $labels.");
            assertThat(rule.at("/annotations/description").asString()).isNotBlank();
        });
    }

    @Test
    void dashboard_hasPanelsThatDontOverlap() throws IOException {
        JsonNode panels = JsonMapper.shared()
                .readTree(DeployFolder.text("grafana/whippletree.json"))
                .path("panels");
        Set<String> places = new TreeSet<>();
        for (JsonNode panel : panels) {
            assertThat(places.add(panel.at("/gridPos/x") + "," + panel.at("/gridPos/y")))
                    .isTrue();
            assertThat(panel.at("/datasource/uid").asString())
                    .isEqualTo(DeployFolder.yaml("grafana/datasources.yaml")
                            .at("/datasources/0/uid")
                            .asString());
        }
    }

    @Test
    void compose_mountsWhatIsThere_andAsksForWhatItNeeds() throws IOException {
        JsonNode compose = DeployFolder.yaml("compose.yaml");
        Set<String> named = new TreeSet<>();
        compose.path("volumes").propertyNames().forEach(named::add);
        for (JsonNode service : compose.path("services")) {
            for (JsonNode volume : service.path("volumes")) {
                String source = volume.asString().split(":")[0];
                assertThat(named.contains(source) || Files.exists(DeployFolder.FOLDER.resolve(source)))
                        .as(source)
                        .isTrue();
            }
            assertThat(service.path("security_opt").toString()).contains("no-new-privileges:true");
            assertThat(service.path("cap_drop").toString()).contains("ALL");
            // On all addresses, only what needs a key.
            service.path("ports").forEach(port -> assertThat(port.asString()).startsWith("127.0.0.1:"));
        }
        JsonNode gateway = compose.at("/services/gateway");
        assertThat(gateway.path("read_only").asBoolean()).isTrue();
        assertThat(gateway.path("tmpfs").toString()).contains("/tmp");
        Set<String> given = new TreeSet<>();
        gateway.path("environment").propertyNames().forEach(given::add);
        assertThat(given).containsAll(all(VARIABLE, DeployFolder.text("whippletree.yaml"), 1));
        Set<String> example = all(Pattern.compile("(?m)^(\\w+)=$"), DeployFolder.text("example.env"), 1);
        assertThat(example).isEqualTo(all(VARIABLE, DeployFolder.text("compose.yaml"), 1));
        assertThat(compose.at("/secrets/watch-key/environment").asString()).isIn(example);
        assertThat(DeployFolder.yaml("prometheus/prometheus.yml")
                        .at("/scrape_configs/0/authorization/credentials_file")
                        .asString())
                .isEqualTo("/run/secrets/watch-key");
    }

    /** Its time to end must be longer than the gateway's, in the container and as a service. */
    @Test
    void stopping_waitsForRequestsUnderWay() throws IOException {
        assertThat(DeployFolder.yaml("compose.yaml")
                        .at("/services/gateway/stop_grace_period")
                        .asString())
                .isEqualTo("40s");
        assertThat(DeployFolder.text("whippletree.service")).contains("\nTimeoutStopSec=40s\n");
        assertThat(DeployFolder.text("Dockerfile")).contains("\nSTOPSIGNAL SIGTERM\n");
    }

    private static void run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue() == 0 ? "" : said).as(command.toString()).isEmpty();
    }

    /** Needs Docker's client with its plugin; no engine. */
    @Test
    @Tag("slow")
    void compose_isReadByDocker() throws IOException, InterruptedException {
        Optional<Path> docker = Surroundings.onPath("docker").findFirst();
        assumeThat(docker).as("there is no docker").isPresent();
        Process version = new ProcessBuilder(docker.orElseThrow().toString(), "compose", "version").start();
        assumeThat(version.waitFor()).as("docker has no compose").isZero();

        run(
                DeployFolder.FOLDER,
                Map.of("HF_TOKEN", "a", "APP_KEY", "b", "WATCH_KEY", "c", "GRAFANA_PASSWORD", "d"),
                List.of(docker.orElseThrow().toString(), "compose", "-f", "compose.yaml", "config", "--quiet"));
    }

    @Test
    @Tag("slow")
    void alerts_areReadByPrometheus() throws IOException, InterruptedException {
        Optional<Path> promtool = Surroundings.onPath("promtool").findFirst();
        assumeThat(promtool).as("there is no promtool").isPresent();

        run(
                DeployFolder.FOLDER,
                Map.of(),
                List.of(promtool.orElseThrow().toString(), "check", "rules", "prometheus/alerts.yml"));
    }

    @Test
    @Tag("slow")
    void service_isReadBySystemd_whichFindsItWellShutIn() throws IOException, InterruptedException {
        Optional<Path> analyze = Surroundings.onPath("systemd-analyze").findFirst();
        assumeThat(analyze).as("there is no systemd-analyze").isPresent();
        Path command = Files.createFile(folder.resolve("whippletree"));
        assertThat(command.toFile().setExecutable(true)).isTrue();
        Path unit = Files.writeString(
                folder.resolve("whippletree.service"),
                DeployFolder.text("whippletree.service")
                        .replace("/opt/whippletree/bin/whippletree", command.toString()));

        run(folder, Map.of(), List.of(analyze.orElseThrow().toString(), "verify", unit.toString()));
        // From 0, nothing allowed, to 100.
        run(
                folder,
                Map.of(),
                List.of(
                        analyze.orElseThrow().toString(),
                        "security",
                        "--offline=true",
                        "--threshold=20",
                        unit.toString()));
    }

    @Test
    void workflow_runsTheWholeCheck_onEachJavaThatIsSupported() throws IOException {
        JsonNode job = workflow("check.yml").at("/jobs/check");
        assertThat(job.at("/strategy/matrix/java").valueStream().map(JsonNode::asString))
                .containsExactly("17", "21", "25");
        assertThat(commands(job)).contains(".ci/run");
    }

    @Test
    void workflow_runsTheThoroughTests_eachNight() throws IOException {
        JsonNode workflow = workflow("nightly.yml");
        assertThat(workflow.at("/on/schedule/0/cron").asString()).matches("\\d+ \\d+ \\* \\* \\*");
        assertThat(commands(workflow.at("/jobs/thorough"))).contains(".ci/run -Pthorough -fae");
    }

    private static JsonNode workflow(String name) throws IOException {
        return YAMLMapper.shared().readTree(Files.readString(Project.ROOT.resolve(".github/workflows/" + name)));
    }

    private static Stream<String> commands(JsonNode job) {
        return job.path("steps").valueStream().map(step -> step.path("run").asString(""));
    }

    @Test
    void issueForms_andRenovatesFile_canBeRead() throws IOException {
        try (Stream<Path> forms = Files.list(Project.ROOT.resolve(".github/ISSUE_TEMPLATE"))) {
            assertThat(forms.filter(form -> !form.endsWith("config.yml")))
                    .isNotEmpty()
                    .allSatisfy(form -> {
                        JsonNode read = YAMLMapper.shared().readTree(Files.readString(form));
                        assertThat(read.path("name").asString()).isNotBlank();
                        assertThat(read.path("description").asString()).isNotBlank();
                        assertThat(read.path("body"))
                                .isNotEmpty()
                                .allSatisfy(
                                        field -> assertThat(field.path("type").asString())
                                                .isIn("markdown", "input", "textarea", "dropdown", "checkboxes"));
                    });
        }
        assertThat(JsonMapper.shared()
                        .readTree(Files.readString(Project.ROOT.resolve("renovate.json")))
                        .path("extends"))
                .isNotEmpty();
    }
}
