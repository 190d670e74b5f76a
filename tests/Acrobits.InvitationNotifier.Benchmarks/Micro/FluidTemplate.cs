using System.Text.Encodings.Web;
using Fluid;

namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>Expansion by Fluid, which speaks Liquid.</summary>
internal static class FluidTemplate
{
    public static Func<Invitation, string> Compile(Context context, string text)
    {
        var template = new FluidParser().Parse(text
            .Replace("%invitee%", "{{ Invitee }}", StringComparison.Ordinal)
            .Replace("%invitor%", "{{ Invitor }}", StringComparison.Ordinal)
            .Replace("%network_id%", "{{ NetworkId }}", StringComparison.Ordinal));
        var options = new TemplateOptions();
        options.MemberAccessStrategy.Register<Invitation>();
        TextEncoder encoder = context switch
        {
            Context.Url or Context.Form => UrlEncoder.Default,
            Context.Json => JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            _ => HtmlEncoder.Default,
        };
        return invitation => template.Render(new TemplateContext(invitation, options), encoder);
    }
}
