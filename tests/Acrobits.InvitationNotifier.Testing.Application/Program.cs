// The application that the examples of docs/testing.md test.
using Acrobits.InvitationNotifier;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
builder.Services.AddInvitationQueue();
var app = builder.Build();

app.MapPost("/invitations", async (NewInvitation request, IInvitationQueue queue) =>
{
    try
    {
        await queue.EnqueueAsync(new Invitation(request.Phone, request.UserName, request.CloudId));
        return Results.Accepted();
    }
    catch (TimeoutException)
    {
        return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }
});
app.Run();

internal sealed record NewInvitation(string Phone, string UserName, string CloudId);
