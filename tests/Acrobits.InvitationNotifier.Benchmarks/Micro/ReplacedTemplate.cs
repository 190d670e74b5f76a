using System.Security;
using System.Text.Encodings.Web;

namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>Expansion by hand: <see cref="string.Replace(string, string)"/> and what the framework has for escaping.</summary>
internal static class ReplacedTemplate
{
    public static Func<Invitation, string> Compile(Context context, string text)
    {
        Func<string, string> escape = context switch
        {
            Context.Url or Context.Form => Uri.EscapeDataString,
            Context.Json => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode,
            _ => value => SecurityElement.Escape(value),
        };
        return invitation => text
            .Replace("%invitee%", escape(invitation.Invitee), StringComparison.Ordinal)
            .Replace("%invitor%", escape(invitation.Invitor), StringComparison.Ordinal)
            .Replace("%network_id%", escape(invitation.NetworkId), StringComparison.Ordinal);
    }
}
