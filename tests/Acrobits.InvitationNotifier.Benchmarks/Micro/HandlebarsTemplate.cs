using System.Text;
using System.Text.Encodings.Web;
using HandlebarsDotNet;

namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>Expansion by Handlebars.Net.</summary>
internal static class HandlebarsTemplate
{
    public static Func<Invitation, string> Compile(Context context, string text)
    {
        var handlebars = Handlebars.Create(new HandlebarsConfiguration
        {
            TextEncoder = new Encoder(context switch
            {
                Context.Url or Context.Form => UrlEncoder.Default,
                Context.Json => JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                _ => System.Text.Encodings.Web.HtmlEncoder.Default,
            }),
        });
        var template = handlebars.Compile(text
            .Replace("%invitee%", "{{Invitee}}", StringComparison.Ordinal)
            .Replace("%invitor%", "{{Invitor}}", StringComparison.Ordinal)
            .Replace("%network_id%", "{{NetworkId}}", StringComparison.Ordinal));
        return invitation => template(invitation);
    }

    private sealed class Encoder(TextEncoder encoder) : ITextEncoder
    {
        public void Encode(StringBuilder? text, TextWriter target) => Encode(text?.ToString(), target);

        public void Encode(string? text, TextWriter target) => encoder.Encode(target, text ?? "");

        public void Encode<T>(T? text, TextWriter target)
            where T : IEnumerator<char>
        {
            while (text?.MoveNext() == true)
            {
                encoder.Encode(target, text.Current.ToString());
            }
        }
    }
}
