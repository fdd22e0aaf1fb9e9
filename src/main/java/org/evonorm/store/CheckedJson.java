package org.evonorm.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;

/**
 * The JSON of records that make files count, with a checksum of the text in it, so that a record that was altered is
 * noticed. Values of another type than the record's are refused, and so is text after the record.
 */
final class CheckedJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .serializationInclusion(JsonInclude.Include.ALWAYS)
            .build();

    private CheckedJson() {}

    /**
     * A record with a checksum.
     *
     * @param <T> the record's own type
     */
    interface Checked<T extends Checked<T>> {

        /** CRC-32C of the record's text with an empty checksum, in hexadecimal. */
        String crc32c();

        /** The same record with this checksum. */
        T withCrc32c(String checksum);
    }

    /** The text of a record, with its checksum. */
    static <T extends Checked<T>> String write(T checked) {
        return text(checked.withCrc32c(checksum(checked))) + "\n";
    }

    /**
     * Reads what {@link #write} writes, and does not compare the checksum yet.
     *
     * @throws IOException if the text is no such record
     */
    static <T extends Checked<T>> T read(String json, Class<T> type) throws IOException {
        T read;
        try {
            read = MAPPER.readValue(json, type);
        } catch (StackOverflowError e) {
            throw new IOException("it is nested too deep", e);
        }
        if (read == null) {
            throw new IOException("it is empty");
        }
        return read;
    }

    /** Refuses a record whose checksum is another's. */
    static <T extends Checked<T>> void requireUnaltered(T checked) throws IOException {
        if (!checksum(checked).equals(checked.crc32c())) {
            throw new IOException("it was altered since it was written");
        }
    }

    private static <T extends Checked<T>> String checksum(T checked) {
        return Checksum.of(text(checked.withCrc32c("")));
    }

    private static String text(Object checked) {
        try {
            return MAPPER.writeValueAsString(checked);
        } catch (JsonProcessingException e) {
            throw new AssertionError("strings and numbers have a JSON form", e);
        }
    }
}
