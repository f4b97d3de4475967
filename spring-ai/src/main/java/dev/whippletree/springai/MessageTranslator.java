package dev.whippletree.springai;

import dev.whippletree.model.Message;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.Media;
import org.springframework.util.MimeType;

/** Translates messages of Spring AI into those of the chat-completions protocol. Stateless. */
final class MessageTranslator {

    private MessageTranslator() {}

    /**
     * Translates a message.
     *
     * @return one message; of a tool's results, one for each
     * @throws UnsupportedOptionException if it contains media that the protocol can't transport
     */
    static List<Message> translate(org.springframework.ai.chat.messages.Message message) {
        String text = Objects.requireNonNullElse(message.getText(), "");
        return switch (message.getMessageType()) {
            case SYSTEM -> List.of(Message.system(text));
            case USER -> List.of(user(text, message instanceof UserMessage user ? user.getMedia() : List.of()));
            case ASSISTANT ->
                List.of(message instanceof AssistantMessage said ? assistant(text, said) : Message.assistant(text));
            case TOOL ->
                message instanceof ToolResponseMessage results
                        ? results.getResponses().stream()
                                .map(MessageTranslator::result)
                                .toList()
                        : List.of(Message.of(Role.TOOL, text));
        };
    }

    private static Message user(String text, List<Media> media) {
        if (media.isEmpty()) {
            return Message.user(text);
        }
        List<Map<String, Object>> parts = new ArrayList<>();
        if (!text.isEmpty()) {
            parts.add(Map.of("type", "text", "text", text));
        }
        media.forEach(medium -> parts.add(part(medium)));
        return new Message(Role.USER, "", parts, List.of(), Optional.empty());
    }

    private static Map<String, Object> part(Media media) {
        String type = media.getMimeType().toString();
        if (media.getMimeType().getType().equals("image")) {
            return Map.of("type", "image_url", "image_url", Map.of("url", url(media)));
        }
        if (media.getMimeType().getType().equals("audio") && media.getData() instanceof byte[] bytes) {
            String data = Base64.getEncoder().encodeToString(bytes);
            return Map.of(
                    "type", "input_audio", "input_audio", Map.of("data", data, "format", format(media.getMimeType())));
        }
        if (type.equals("application/pdf") && media.getData() instanceof byte[]) {
            return Map.of("type", "file", "file", Map.of("filename", media.getName(), "file_data", url(media)));
        }
        throw new UnsupportedOptionException(
                "media of the type " + type,
                "a message can contain images, and audio or PDF documents as bytes; put other content into its text");
    }

    /** Services that take more than the protocol's two formats name them by their MIME types. */
    private static String format(MimeType audio) {
        return switch (audio.getSubtype()) {
            case "mp3", "mpeg", "x-mp3", "x-mpeg" -> "mp3";
            case "wav", "wave", "x-wav", "vnd.wave" -> "wav";
            default -> audio.getSubtype();
        };
    }

    private static String url(Media media) {
        Object data = media.getData();
        if (data instanceof byte[] bytes) {
            return "data:" + media.getMimeType() + ";base64,"
                    + Base64.getEncoder().encodeToString(bytes);
        }
        if (data instanceof String || data instanceof URI) {
            return data.toString();
        }
        throw new UnsupportedOptionException(
                "media data of the type " + data.getClass().getSimpleName(), "give its bytes or its URL");
    }

    private static Message assistant(String text, AssistantMessage said) {
        if (!said.getMedia().isEmpty()) {
            throw new UnsupportedOptionException(
                    "media of an assistant", "put what the model should know into the text");
        }
        List<ToolCall> calls = said.getToolCalls().stream()
                .map(call -> new ToolCall(
                        call.id(),
                        call.name(),
                        call.arguments(),
                        call.type().equals("custom") ? ToolCall.Type.CUSTOM : ToolCall.Type.FUNCTION))
                .toList();
        return new Message(Role.ASSISTANT, text, List.of(), calls, Optional.empty());
    }

    private static Message result(ToolResponseMessage.ToolResponse result) {
        return Message.tool(result.id(), result.responseData());
    }
}
