using System.Security.Authentication;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>A provider's certificate was refused, or the client's is missing.</summary>
/// <param name="errorType">The <c>error.type</c>.</param>
/// <param name="reason">A sentence for people that holds nothing of the certificate but dates.</param>
/// <param name="cause">The exception that it showed in, if any.</param>
internal sealed class CertificateException(string errorType, string reason, Exception? cause = null)
    : AuthenticationException(reason, cause)
{
    public string ErrorType => errorType;
}
