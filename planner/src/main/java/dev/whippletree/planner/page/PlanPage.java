package dev.whippletree.planner.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.json.PlanJson;
import dev.whippletree.terminal.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A plan as an HTML page: the answer, the table of sizes, and for each size its charts, accounts, advice and cost. The
 * page contains the plan as JSON and a script that draws it; its content policy forbids other scripts and all requests.
 * Immutable.
 *
 * @param plan what to tell
 * @param costs what tokens cost
 */
public record PlanPage(CapacityPlan plan, Costs costs) {

    private static final String TEMPLATE = "plan.html";
    private static final String REPORT = "@REPORT@";
    private static final String SCRIPT_HASH = "@SCRIPT_HASH@";
    private static final String SCRIPT = "<script>";

    public String html() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("plan", PlanJson.tree(plan, costs));
        report.put("said", SaidJson.tree(plan, costs));
        // Within a script element only this character could begin markup.
        String json = Json.line(report).replace("<", "\\u003c");
        String template = template();
        return template.replace(SCRIPT_HASH, "sha256-" + hash(script(template))).replace(REPORT, json);
    }

    private static String script(String template) {
        int from = template.indexOf(SCRIPT) + SCRIPT.length();
        return template.substring(from, template.indexOf("</script>", from));
    }

    /** By it a Content-Security-Policy allows one script. */
    private static String hash(String script) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(script.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String template() {
        try (InputStream template = PlanPage.class.getResourceAsStream(TEMPLATE)) {
            return new String(Objects.requireNonNull(template, TEMPLATE).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the page's template can't be read", e);
        }
    }
}
