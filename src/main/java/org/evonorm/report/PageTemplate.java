package org.evonorm.report;

import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/** The templates of pages, which escape every value, and the images inside pages. */
public final class PageTemplate {

    private static final Configuration TEMPLATES = templates();

    private PageTemplate() {}

    /** An image inside the page; {@code data} is a data URI. */
    public record Image(String title, String text, String data, int width, int height) {

        /** A plot inside the page. */
        public static Image of(Plot plot) {
            return new Image(plot.title(), plot.text(), encoded(plot.svg()), plot.width(), plot.height());
        }

        private static String encoded(String svg) {
            return "data:image/svg+xml;base64,"
                    + Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Configuration templates() {
        Configuration templates = new Configuration(Configuration.VERSION_2_3_33);
        templates.setClassForTemplateLoading(PageTemplate.class, "");
        templates.setDefaultEncoding("UTF-8");
        templates.setLocale(Locale.ROOT);
        templates.setNumberFormat("computer");
        templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        templates.setLogTemplateExceptions(false);
        return templates;
    }

    /** The text of a page. */
    public static String fill(String template, Map<String, Object> values) {
        StringWriter html = new StringWriter();
        try {
            TEMPLATES.getTemplate(template).process(values, html);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TemplateException e) {
            throw new IllegalStateException("the template " + template + " is wrong: " + e.getMessage(), e);
        }
        return html.toString();
    }
}
