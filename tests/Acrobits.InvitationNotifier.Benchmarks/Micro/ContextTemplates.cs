using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>The documented template of each context, as text and compiled by the library.</summary>
internal static class ContextTemplates
{
    public static Invitation InvitationOf(Values values) => values == Values.Documented
        ? DocumentedRequest.Invitation
        : new Invitation("+420 777 123 456", @"jan\žižka&syn", "my network");

    public static string Text(Context context) => context switch
    {
        Context.Url => DocumentedRequest.UrlTemplate,
        Context.Form => DocumentedRequest.FormTemplate,
        Context.Json => DocumentedRequest.JsonTemplate,
        _ => DocumentedRequest.XmlTemplate,
    };

    /// <summary>What makes the URL or the body of one request.</summary>
    public static Func<Invitation, object> Compile(Context context, string text)
    {
        var problems = new ProblemScope();
        if (context == Context.Url)
        {
            var url = UrlTemplate.Compile(text, problems)!;
            return invitation => url.Expand(invitation, out var uri) is { } problem ? throw new FormatException(problem) : uri;
        }

        var body = BodyTemplate.Compile(text, FormatOf(context), problems)!;
        return invitation => body.Expand(invitation, out var bytes) is { } problem ? throw new FormatException(problem) : bytes;
    }

    private static BodyFormat FormatOf(Context context) => context switch
    {
        Context.Json => BodyFormat.Json,
        Context.Xml => BodyFormat.Xml,
        _ => BodyFormat.Form,
    };
}
