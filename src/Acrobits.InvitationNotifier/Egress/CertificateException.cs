using System.Security.Authentication;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>The exception for a rejected certificate of a provider, or a missing client certificate.</summary>
/// <param name="errorType">The <c>error.type</c> of metrics and traces.</param>
/// <param name="reason">The reason as a sentence. Of the certificate it holds only dates.</param>
/// <param name="cause">The original exception, if any.</param>
internal sealed class CertificateException(string errorType, string reason, Exception? cause = null)
    : AuthenticationException(reason, cause)
{
    public string ErrorType => errorType;
}
