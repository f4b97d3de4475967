package dev.whippletree.cli.chat;

import dev.whippletree.cli.base.FileTrouble;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.chat.Conversation.Exchange;
import dev.whippletree.state.PrivateFile;
import dev.whippletree.terminal.Json;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A conversation as a file: Markdown for people, or JSON with messages in the protocol's format. */
final class SavedConversation {

    private SavedConversation() {}

    /**
     * Writes a conversation to a file that only the user may read, in the format of its name's ending.
     *
     * @throws UserMistake if it can't be written, saying why and what to do
     */
    static void write(Conversation conversation, Path file) {
        String text = text(conversation, file);
        try {
            PrivateFile.write(file, text);
        } catch (FileAlreadyExistsException e) {
            throw new UserMistake(file + " exists; name another file");
        } catch (NoSuchFileException e) {
            throw new UserMistake(file + " can't be written: there is no such folder");
        } catch (IOException e) {
            throw new UserMistake(file + " can't be written: " + FileTrouble.reason(e));
        }
    }

    private static String text(Conversation conversation, Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            return Json.write(json(conversation)) + "\n";
        }
        if (name.endsWith(".md") || name.endsWith(".markdown")) {
            return markdown(conversation);
        }
        throw new UserMistake("a conversation is saved as Markdown or JSON: the file's name ends in .md or .json");
    }

    static String markdown(Conversation conversation) {
        List<String> parts = new ArrayList<>();
        parts.add("# Conversation");
        conversation.system().ifPresent(text -> parts.add("> " + text.replace("\n", "\n> ")));
        for (Exchange exchange : conversation.exchanges()) {
            parts.add("## Question");
            parts.add(exchange.question().strip());
            parts.add("## Answer of " + exchange.model());
            parts.add(exchange.answer().strip());
        }
        return String.join("\n\n", parts) + "\n";
    }

    static Map<String, Object> json(Conversation conversation) {
        List<Map<String, Object>> messages = new ArrayList<>();
        conversation.system().ifPresent(text -> messages.add(message("system", text)));
        for (Exchange exchange : conversation.exchanges()) {
            messages.add(message("user", exchange.question()));
            Map<String, Object> answer = message("assistant", exchange.answer());
            answer.put("model", exchange.model());
            messages.add(answer);
        }
        return Map.of("messages", messages);
    }

    private static Map<String, Object> message(String role, String text) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("role", role);
        tree.put("content", text);
        return tree;
    }
}
