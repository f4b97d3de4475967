package dev.whippletree.comparison;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The pages and the picture, made from the results alone. Confined to one thread. */
final class Pages {

    private final Results results;

    /**
     * Takes the results.
     *
     * @throws Refused if they weren't all measured under the same conditions
     */
    Pages(Results results) {
        Conditions.check(results.origins(), "docs/comparison.json");
        this.results = results;
    }

    /**
     * Writes all into a folder.
     *
     * @throws Refused if the folder's results of Failover Bench were measured under other conditions
     */
    void write(Path folder) throws IOException {
        FailoverResults failover = FailoverResults.read(folder.resolve(FailoverResults.FILE));
        Conditions.check(failover.and(results), "docs/" + FailoverResults.FILE + " and comparison.json");
        Files.writeString(folder.resolve("comparison.md"), filled("page.md", new MainPage(results).parts()));
        Map<String, String> details = new HashMap<>(new DetailsPage(results).parts());
        details.put("failover", new FailoverTable(failover).text());
        Files.writeString(folder.resolve("comparison-details.md"), filled("details.md", details));
        Path images = Files.createDirectories(folder.resolve("images"));
        for (Picture.Ink ink : Picture.Ink.values()) {
            Path file = images.resolve("comparison-" + ink.text() + ".svg");
            if (results.answered().isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                Files.writeString(file, new Picture(results, ink).text());
            }
        }
    }

    private static String filled(String name, Map<String, String> parts) throws IOException {
        String page;
        try (InputStream template = Objects.requireNonNull(Pages.class.getResourceAsStream(name))) {
            page = new String(template.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (Map.Entry<String, String> part : parts.entrySet()) {
            page = page.replace("{{" + part.getKey() + "}}", part.getValue());
        }
        return page;
    }
}
