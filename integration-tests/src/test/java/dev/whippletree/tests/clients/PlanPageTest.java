package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Main;
import dev.whippletree.tests.CommandProcess;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page that {@code plan --report} writes, opened from its file in a browser. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PlanPageTest {

    private static final int PHONE = 390;

    @TempDir
    private @Nullable Path folder;

    private @Nullable Browser started;

    @BeforeAll
    void startBrowser() throws IOException {
        started = Browser.start();
    }

    @AfterAll
    void endBrowser() {
        if (started != null) {
            started.close();
        }
    }

    @Test
    void page_showsTheAnswerItsPicturesAndItsTables() {
        browser().open(page("--interviews", "30,60", "--accounts", "huggingface:2x1000/h"));

        browser().expect("h1.yes", "Yes for 30 and 60 interviews within 1 h if 80 % of the questions repeat");
        assertThat(browser().texts("h2"))
                .containsExactly("Sizes", "30 interviews: yes", "60 interviews: yes", "Assumptions");
        assertThat(browser().texts("section:nth-of-type(1) figcaption"))
                .containsExactly(
                        "How long prompts waited for room",
                        "How full the limits were",
                        "Calls on each account",
                        "Where answers came from");
        browser().expect("section:nth-of-type(1) figure", "seconds");
        browser().expect("section:nth-of-type(1) .legend", "the longest 19 in 20 no longer than");
        assertThat(browser().texts("section:nth-of-type(1) h3"))
                .containsExactly("Accounts", "Fewest accounts that are enough", "What if", "Cost");
        browser().expect("section:nth-of-type(2) tbody th", "huggingface-1");
        browser().expect("section:nth-of-type(2) tr:has-text('as it is') td", "✓ yes");
        browser().expect("section:nth-of-type(2)", "Cost unknown: no price list was named");
        assertThat(browser().troubles()).isEmpty();
    }

    @Test
    void priceList_showsWhatTheTokensCost() throws IOException {
        assertThat(folder).isNotNull();
        Files.writeString(folder.resolve("prices.yaml"), """
                as-of: 2026-11-01
                currency: usd
                prices:
                  - { provider: huggingface, model: openai/gpt-oss-20b, prompt: 0.05, completion: 0.20 }
                """);
        browser()
                .open(page(
                        "--interviews",
                        "30",
                        "--accounts",
                        "huggingface:2x1000/h",
                        "--no-advice",
                        "--prices",
                        "prices.yaml"));

        browser().expect("tr:has-text('huggingface, openai/gpt-oss-20b') td", "0.0056 usd");
        browser().expect("section .note:has-text('prices')", "By the prices of 2026-11-01 in");
        assertThat(browser().troubles()).isEmpty();
    }

    @Test
    void phone_showsItWithoutScrollingSideways_inLightAndInDark() {
        String page = page("--interviews", "30", "--accounts", "huggingface:9x1000/h", "--no-advice");
        browser().open(page, PHONE, false);
        browser().expect("h1", "Yes, 30 interviews");
        browser().expect(".legend", "3 others together");
        assertThat(browser().sideways()).isZero();
        assertThat(browser().brightness()).isGreaterThan(0.8);
        assertThat(browser().faint()).isEmpty();

        browser().open(page, PHONE, true);
        browser().expect("h1", "Yes, 30 interviews");
        assertThat(browser().brightness()).isLessThan(0.2);
        assertThat(browser().faint()).isEmpty();
    }

    private Browser browser() {
        assertThat(started).isNotNull();
        return started;
    }

    /** Has a plan made and returns where its page is. */
    private String page(String... options) {
        assertThat(folder).isNotNull();
        Path page = folder.resolve("plan.html");
        List<String> arguments = new ArrayList<>(List.of("plan", "--report", page.toString()));
        arguments.addAll(List.of(options));
        StringWriter printed = new StringWriter();
        try (SystemTimeline timeline = new SystemTimeline()) {
            Main.run(
                    CommandProcess.around(
                            folder, Map.of(), new PrintWriter(printed), new PrintWriter(printed), timeline),
                    arguments.toArray(String[]::new));
        }
        assertThat(page).as(printed.toString()).exists();
        return page.toUri().toString();
    }
}
